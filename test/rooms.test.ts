import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../src');

/** Rooms by rank: a file imports only rooms of lower ranks, and its own. Files beside the rooms may import all. */
const ranks: Readonly<Record<string, number>> = {
  base: 0,
  graph: 1,
  text: 1,
  files: 1,
  memory: 1,
  jobs: 1,
  distributed: 1,
  onnx: 2,
  nn: 2,
  optim: 2,
  data: 2,
  models: 3,
  runtime: 3,
  attacks: 3,
  pretrained: 4,
  evaluation: 4,
  strategies: 4,
  inference: 4,
  runs: 5,
  augmentation: 6,
  training: 7,
  pretraining: 7,
  options: 8,
  report: 8,
  experiments: 9,
  cli: 10,
};
const outermost = 11;

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.split(sep).join('/'))
  .sort();

/** `import … from '…'`, `export … from '…'`, `import '…'` at the start of a line, as the formatter leaves them. */
const statement = /^(?:import|export)\s(?:[\w$*{}\s,]+?\sfrom\s)?'(?<specifier>[^']+)'/gm;
/** `import('…')`, as a call or as a type. */
const call = /\bimport\(\s*'(?<specifier>[^']+)'\s*\)/g;

const all = files.flatMap((from) => {
  const text = readFileSync(join(source, from), 'utf8');
  const found = [...text.matchAll(statement), ...text.matchAll(call)];
  return found.map(({ groups }): Import => {
    const specifier = groups!.specifier!;
    const to = specifier.startsWith('.')
      ? relative(source, join(source, dirname(from), specifier))
          .split(sep)
          .join('/')
      : `package ${specifier}`;
    return { from, to };
  });
});
const packages = all.filter(({ to }) => to.startsWith('package '));
const imports = all.filter(({ to }) => !to.startsWith('package '));

const roomOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');
const rankOf = (file: string): number =>
  roomOf(file) === '' ? outermost : (ranks[roomOf(file)] ?? Number.NaN);

/** Rooms that a bundle for the browser may take whole: pure TypeScript. */
const portable = new Set(['attacks', 'evaluation', 'text', 'graph', 'nn', 'models', 'onnx', 'inference']);
/** What such a bundle begins with: the library's parts for browsers. */
const isEntry = (file: string): boolean => ['attack.ts', 'inference.ts'].includes(file);
/** Packages that run anywhere. */
const isPortable = (to: string): boolean => /^package (zod|protobufjs\/|@huggingface\/tokenizers)/.test(to);

/** What these files load, values and types alike, each with the file that first led to it. */
function reachableFrom(entries: readonly string[]): ReadonlyMap<string, string> {
  const reached = new Map(entries.map((file) => [file, file]));
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const { to } of imports.filter(({ from }) => from === file)) {
      if (reached.has(to)) continue;
      reached.set(to, file);
      open.push(to);
    }
  }
  return reached;
}

describe('the rooms of src', () => {
  it('are those with a rank', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => room !== '' && !(room in ranks))).toEqual([]);
  });

  it('import only lower ranks, and types no less', () => {
    const offending = imports
      .filter(({ from, to }) => roomOf(from) !== roomOf(to) && !(rankOf(to) < rankOf(from)))
      .map(({ from, to }) => `src/${from} (rank ${rankOf(from)}) imports src/${to} (rank ${rankOf(to)})`);
    expect(offending).toEqual([]);
  });

  it('are left only for packages and for each other', () => {
    // package.json beside src is where the version is read from.
    const outside = imports.filter(({ to }) => to.startsWith('..') && to !== '../package.json');
    expect(outside.map(({ from, to }) => `src/${from} imports ${to}`)).toEqual([]);
  });

  it('import files that are there, by their full name', () => {
    const missing = imports.filter(({ to }) => !existsSync(join(source, to)));
    expect(missing.map(({ from, to }) => `src/${from} imports src/${to}, which is not there`)).toEqual([]);
  });

  it('that browsers need know no Node module, however far around', () => {
    const reached = reachableFrom(files.filter((file) => portable.has(roomOf(file)) || isEntry(file)));
    const offending = [...packages, ...imports.filter(({ to }) => to.startsWith('..'))]
      .filter(({ from, to }) => reached.has(from) && !isPortable(to))
      .map(({ from, to }) => `src/${from} (by ${reached.get(from)}) imports ${to}`);
    expect(offending).toEqual([]);
  });

  it('that browsers need are checked against the globals of browsers', () => {
    const { include } = JSON.parse(readFileSync(join(source, '../tsconfig.browser.json'), 'utf8'));
    expect(include.map((path: string) => path.replace(/^src\//, ''))).toEqual(
      expect.arrayContaining([...portable]),
    );
  });

  it('leave onnxruntime-node to the runtime', () => {
    const users = packages.filter(({ to }) => to === 'package onnxruntime-node').map(({ from }) => from);
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => roomOf(file) !== 'runtime')).toEqual([]);
  });

  it('have no two files that import each other, however far around, and types no less', () => {
    const uses = new Map<string, string[]>();
    for (const { from, to } of imports) uses.set(from, [...(uses.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (file: string, path: readonly string[]): void => {
      const seen = path.indexOf(file);
      if (seen >= 0) cycles.push([...path.slice(seen), file].join(' → '));
      if (seen >= 0 || done.has(file)) return;
      for (const next of uses.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(cycles).toEqual([]);
  });
});
