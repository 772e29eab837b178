import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../../', import.meta.url).pathname;

/** Globals of Node that no browser has. */
const ofNode = ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate'];

/**
 * Runs a bundle in a process whose globals are those that browsers have too.
 * @param code a module that exports `run`
 * @param p.input source of an expression, in a Node module: what `run` is given
 * @param p.keeps globals of Node that the input itself needs
 * @returns what `run` resolves to, as JSON has it
 */
export function runLikeABrowser(
  code: string,
  { input, keeps = [] }: { readonly input: string; readonly keeps?: readonly string[] },
): unknown {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'vda-browser-'));
  try {
    writeFileSync(join(folder, 'bundle.mjs'), code);
    writeFileSync(
      join(folder, 'start.mjs'),
      `import { readdirSync, readFileSync, writeSync } from 'node:fs';
       import { createRequire } from 'node:module';
       const require = createRequire(import.meta.url);
       const input = ${input};
       for (const name of ${JSON.stringify(ofNode.filter((name) => !keeps.includes(name)))}) delete globalThis[name];
       const { run } = await import('./bundle.mjs');
       writeSync(1, JSON.stringify(await run(input)));`,
    );
    return JSON.parse(execFileSync(process.execPath, [join(folder, 'start.mjs')], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
