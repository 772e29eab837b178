import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../src');

/** Rooms by rank: a file imports only rooms of lower ranks, and its own. Files beside the rooms may import all. */
const ranks: Readonly<Record<string, number>> = {
  base: 0,
  graph: 1,
  text: 1,
  onnx: 2,
  nn: 2,
  optim: 2,
  data: 2,
  checkpoints: 2,
  runtime: 3,
  models: 3,
  attacks: 3,
  strategies: 4,
  inference: 4,
  training: 5,
  experiments: 6,
  report: 6,
  cli: 7,
};
const outermost = 8;

interface Import {
  readonly from: string;
  readonly to: string;
  /** `import type`, which is gone when the program runs. */
  readonly typeOnly: boolean;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.split(sep).join('/'))
  .sort();

const all = files.flatMap((from) => {
  const parsed = ts.createSourceFile(from, readFileSync(join(source, from), 'utf8'), ts.ScriptTarget.Latest);
  const found: { readonly specifier: string; readonly typeOnly: boolean }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const specifier = node.moduleSpecifier;
      if (specifier && ts.isStringLiteral(specifier)) {
        found.push({ specifier: specifier.text, typeOnly: isTypeOnly(node) });
      }
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteral(specifier))
        found.push({ specifier: specifier.text, typeOnly: false });
    }
    if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    ) {
      found.push({ specifier: node.argument.literal.text, typeOnly: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found.map(({ specifier, typeOnly }): Import => {
    const to = specifier.startsWith('.')
      ? relative(source, join(source, dirname(from), specifier))
          .split(sep)
          .join('/')
      : `package ${specifier}`;
    return { from, to, typeOnly };
  });
});
const packages = all.filter(({ to }) => to.startsWith('package '));
const imports = all.filter(({ to }) => !to.startsWith('package '));

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (!clause) return false;
  const named = clause.namedBindings;
  const allTypes =
    named && ts.isNamedImports(named) && !clause.name && named.elements.every((e) => e.isTypeOnly);
  return clause.isTypeOnly || allTypes === true;
}

const roomOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');
const rankOf = (file: string): number =>
  roomOf(file) === '' ? outermost : (ranks[roomOf(file)] ?? Number.NaN);

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

  it('leave onnxruntime-node to the runtime', () => {
    const users = packages.filter(({ to }) => to === 'package onnxruntime-node').map(({ from }) => from);
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => roomOf(file) !== 'runtime')).toEqual([]);
  });

  // A type may know its user's type: such imports are gone when the program runs.
  it('have no two files that import each other, however far around', () => {
    const uses = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports) {
      if (!typeOnly) uses.set(from, [...(uses.get(from) ?? []), to]);
    }
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
