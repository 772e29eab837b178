import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('../', import.meta.url).pathname;

/** `src` as modules that plain Node can run, one a file: their folder, and how to remove it. */
export async function transpiled(
  entries: readonly string[],
): Promise<{ readonly folder: string; readonly remove: () => void }> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'vda-modules-'));
  const bundle = await rolldown({
    input: entries.map((entry) => join(root, 'src', entry)),
    platform: 'node',
    external: /^[^./]/,
  });
  await bundle.write({
    ...{ dir: join(folder, 'dist'), format: 'esm', entryFileNames: '[name].js' },
    ...{ preserveModules: true, preserveModulesRoot: join(root, 'src') },
  });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  return { folder: join(folder, 'dist'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Names of the modules that a process loads: files of `folder` as `cli/main.js`, packages as `package zod`; in order. */
export function loadedModules(folder: string, args: readonly string[]): readonly string[] {
  const log = join(folder, 'loaded.txt');
  const hooks = join(folder, 'hooks.mjs');
  const start = join(folder, 'start.mjs');
  writeFileSync(log, '');
  writeFileSync(
    hooks,
    `import { appendFileSync } from 'node:fs';
     export const load = (url, context, next) => {
       appendFileSync(${JSON.stringify(log)}, url + '\\n');
       return next(url, context);
     };`,
  );
  writeFileSync(
    start,
    `import { register } from 'node:module';\nregister(${JSON.stringify(pathToFileURL(hooks).href)});`,
  );
  execFileSync(process.execPath, ['--import', pathToFileURL(start).href, ...args], { cwd: folder });
  const own = `${pathToFileURL(folder).href}/`;
  const names = readFileSync(log, 'utf8')
    .split('\n')
    .filter((url) => url.startsWith('file:') && url !== pathToFileURL(start).href)
    .map((url) =>
      url.startsWith(own)
        ? url.slice(own.length)
        : `package ${/^(?:@[^/]+\/)?[^/]+/.exec(url.split('/node_modules/').at(-1)!)![0]}`,
    );
  return [...new Set(names)];
}
