import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = new URL('../../', import.meta.url).pathname;

/** The command line bundled for Node, which finds the dependencies from there: `main.js`, and how to remove it all. */
export async function bundleCli(): Promise<{ readonly main: string; readonly remove: () => void }> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'vda-cli-'));
  const bundle = await rolldown({
    input: join(root, 'src/cli/main.ts'),
    platform: 'node',
    external: /^[^./]/,
  });
  const dir = join(folder, 'dist/cli'); // as deep as in the package, for the version is read from ../../package.json
  await bundle.write({ dir, format: 'esm', entryFileNames: 'main.js' });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  return {
    main: join(dir, 'main.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Starts `vda …` in a process of its own, under a shell's `ulimit -f` (blocks of 1024 bytes) where given. */
export function startCli(
  main: string,
  args: readonly string[],
  { fileBlocks }: { readonly fileBlocks?: number } = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const command = [process.execPath, main, ...args];
  const child =
    fileBlocks === undefined
      ? spawn(command[0]!, command.slice(1))
      : spawn('bash', ['-c', `ulimit -f ${fileBlocks}; exec "$@"`, 'bash', ...command]);
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }));
  return { child, ended };
}
