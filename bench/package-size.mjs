// What the package weighs, part by part, as a Markdown table:
//
//     npm run build && node bench/package-size.mjs
//
// A part's third figure is it alone, gzipped file by file, which is a little more than it takes in the archive of the last line.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { markdownTable } from './measure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], { cwd: root });
const [{ files, size, unpackedSize }] = Object.values(JSON.parse(asked));

/** Modules, their types, and everything else by its folder. */
function partOf(path) {
  if (path.startsWith('dist/')) return path.endsWith('.d.ts') ? 'types' : 'modules';
  return /^(?:assets|docs)\/\w+(?=\/)|^\w+(?=\/)/.exec(path)?.[0] ?? 'files at the root';
}

const parts = new Map();
for (const file of files) {
  const part = parts.get(partOf(file.path)) ?? { files: 0, unpacked: 0, gzipped: 0 };
  part.files += 1;
  part.unpacked += file.size;
  part.gzipped += gzipSync(readFileSync(join(root, file.path))).byteLength;
  parts.set(partOf(file.path), part);
}
const bytes = (count) => count.toLocaleString('en');
const row = (name, part) => [name, part.files, bytes(part.unpacked), bytes(part.gzipped)];
const rows = [...parts].sort(([, a], [, b]) => b.gzipped - a.gzipped).map(([name, part]) => row(name, part));
const whole = row('the package', { files: files.length, unpacked: unpackedSize, gzipped: size });
process.stdout.write(
  `${markdownTable(['part', 'files', 'bytes unpacked', 'bytes gzipped'], [...rows, whole])}\n`,
);
