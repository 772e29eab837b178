import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly name?: string;
  readonly version: string;
}

const read = (path: string | URL): Manifest => JSON.parse(readFileSync(path, 'utf8'));

/** Version of vda itself. */
export const vdaVersion = (): string => read(new URL('../../package.json', import.meta.url)).version;

/**
 * Version of an installed package, read from its manifest without loading it; `undefined` where it is missing.
 * The manifest is looked for above the entry file, because `exports` may hide it.
 */
export function installedVersion(name: string): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    for (let folder = dirname(require.resolve(name)); folder !== dirname(folder); folder = dirname(folder)) {
      const manifest = readIfThere(join(folder, 'package.json'));
      if (manifest?.name === name) return manifest.version;
    }
  } catch {
    // Not installed, or not for this platform: the answer is `undefined`.
  }
  return undefined;
}

function readIfThere(path: string): Manifest | undefined {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}
