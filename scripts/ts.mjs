// Runs a TypeScript file of this repository on Node 20, which can't do so by itself: bundles it, then imports it.
//
//     node scripts/ts.mjs FILE.ts [ARGUMENTS]
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: node scripts/ts.mjs FILE.ts [ARGUMENTS]\n');
  process.exit(2);
}
// Inside node_modules, so that the bundle finds the packages it imports.
const folder = fileURLToPath(new URL('../node_modules/.cache/ts', import.meta.url));
mkdirSync(folder, { recursive: true });
const output = join(folder, `${process.pid}.mjs`);
const bundle = await rolldown({ input: resolve(file), platform: 'node', external: /^[^./]/ });
await bundle.write({ file: output, format: 'esm', sourcemap: 'inline', codeSplitting: false });
process.argv.splice(1, process.argv.length - 1, file, ...rest);
process.on('exit', () => rmSync(output, { force: true }));
await import(pathToFileURL(output).href);
