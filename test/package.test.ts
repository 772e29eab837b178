import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { linksOf, pages } from './docs/markdown.ts';
import { type Packed, packedFiles } from './packed-files.ts';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly bin: Readonly<Record<string, string>>;
  readonly types: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};

let packed: Packed;
let paths: readonly string[];
beforeAll(() => {
  packed = packedFiles();
  paths = packed.files.map(({ path }) => path);
}, 300_000);

/** A file or a folder of the package. */
const isPacked = (path: string) => paths.some((one) => one === path || one.startsWith(`${path}/`));

describe('the package', () => {
  it('holds modules with their types, what they read, and pages; no fixture, no source map, no file of the compiler', () => {
    const expected = [
      /^(?:package\.json|LICENSE|(?:README|CHANGELOG|THIRD-PARTY)\.md)$/,
      /^dist\/.+\.(?:js|d\.ts)$/,
      /^assets\/(?:model|reviews|lexicon)\/[^/]+\.(?:json|jsonl|txt|md|safetensors|bin\.gz)$/,
      /^docs\/.+\.(?:md|png|svg|jsonl)$/,
      /^recipes\/[^/]+\.(?:md|yaml|sh)$/,
    ];
    expect(paths.filter((path) => !expected.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  it('holds no module whose source is gone', () => {
    const sources = paths
      .filter((path) => path.startsWith('dist/'))
      .map((path) => path.replace(/^dist/, 'src').replace(/\.js$|\.d\.ts$/, '.ts'));
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
  });

  it('points to no source map that it does not hold', () => {
    const modules = paths.filter((path) => path.endsWith('.js'));
    const pointing = modules.filter((path) =>
      readFileSync(join(root, path), 'utf8').includes('//# sourceMappingURL='),
    );
    expect(pointing).toEqual([]);
  });

  it('holds what package.json promises: the command, the entry points, their types', () => {
    const targets = [
      ...Object.values(manifest.bin),
      manifest.types,
      ...Object.values(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? target : Object.values(target),
      ),
    ];
    expect(targets.length).toBeGreaterThan(6);
    expect(targets.map((target) => posix.normalize(target)).filter((target) => !isPacked(target))).toEqual(
      [],
    );
  });

  it.each(pages)('holds every page and file that $path links to', (page) => {
    expect(isPacked(page.path)).toBe(true);
    const missing = linksOf(page)
      .map((link) => link.split('#')[0]!)
      .filter((file) => file !== '' && !isPacked(posix.join(posix.dirname(page.path), file)));
    expect(missing).toEqual([]);
  });

  it.each(Object.keys(manifest.dependencies))('says under which licence %s is', (name) => {
    const { license } = JSON.parse(
      readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
    ) as {
      readonly license: string;
    };
    const notices = readFileSync(join(root, 'THIRD-PARTY.md'), 'utf8');
    const rows = notices.split('\n').filter((line) => line.startsWith('| ') && line.includes(`\`${name}\``));
    expect(rows.map((row) => row.endsWith(` | ${license} |`))).toEqual([true]);
  });

  it('is at most 12 MB, of which the embedded model has 10; bench/package-size.mjs says what takes the rest', () => {
    expect(packed.size).toBeLessThan(12_000_000);
    const unpacked = packed.files.filter(({ path }) => !path.startsWith('assets/'));
    expect(unpacked.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(5_000_000);
  });

  // With links to the packages that are here, so without a network; scripts/try-package.mjs installs by npm where there is one.
  it("works in an empty folder: README's programs type-check and run, the command starts", {
    timeout: 600_000,
  }, () => {
    const script = join(root, 'scripts/try-package.mjs');
    const said = execFileSync(process.execPath, [script, '--linked', '--json'], { encoding: 'utf8' });
    const steps = ['install', 'types', 'programs', 'import', 'help', 'npx'];
    expect(JSON.parse(said)).toEqual([
      {
        node: process.version,
        install: 'linked',
        milliseconds: Object.fromEntries(steps.map((step) => [step, expect.any(Number)])),
      },
    ]);
  });
});
