// Removes from dist/ the modules that no source makes any more: the compiler leaves them behind when a source is renamed or
// deleted, and a package would carry them. `npm run build` calls it after the compiler.
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [dist, src] = ['dist', 'src'].map((name) => fileURLToPath(new URL(`../${name}`, import.meta.url)));

/** What the compiler makes of a source: a module and its types. */
const made = /^(.+?)(?:\.js|\.d\.ts)$/;
const kept = ['.tsbuildinfo'];

for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name);
  if (kept.includes(name) || lstatSync(path).isDirectory()) continue;
  const source = made.exec(name)?.[1];
  if (source === undefined || !existsSync(join(src, `${source}.ts`))) rmSync(path);
}
