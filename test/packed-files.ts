import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** What `npm pack` would put into the package. */
export interface Packed {
  /** Bytes of the tarball. */
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Builds, then asks npm what it would pack; nothing is written but `dist/`. */
export function packedFiles(): Packed {
  const npm = (...args: string[]) => execFileSync('npm', args, { cwd: root, encoding: 'utf8' });
  npm('run', '--silent', 'build');
  // An array up to npm 11, an object by package name from npm 12 on.
  return Object.values(JSON.parse(npm('pack', '--dry-run', '--json', '--loglevel=error')) as Packed[])[0]!;
}
