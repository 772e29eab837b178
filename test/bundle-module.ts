import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = new URL('../', import.meta.url).pathname;

/** A file of `src` as a module that plain Node can import in a process of its own: its path, and how to remove it. */
export async function bundleModule(
  source: string,
): Promise<{ readonly path: string; readonly remove: () => void }> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, 'vda-module-'));
  const bundle = await rolldown({
    input: join(root, 'src', source),
    platform: 'node',
    external: /^[^./]/,
  });
  await bundle.write({ dir, format: 'esm', entryFileNames: 'module.js' });
  return { path: join(dir, 'module.js'), remove: () => rmSync(dir, { recursive: true, force: true }) };
}
