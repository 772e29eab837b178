import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { API, type Project, SymbolFlags, type Symbol as TsSymbol } from 'typescript/unstable/sync';

/** An export of an entry point, as its declaration and its doc comment say. */
export interface Exported {
  readonly name: string;
  /** As the declaration begins: `function`, `const`, `class`, `interface` or `type`. */
  readonly kind: string;
  /** The doc comment up to its first tag; empty where there is none. */
  readonly doc: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
  /** TypeScript without its doc comment and `export declare`; several of an overloaded function. */
  readonly declarations: readonly string[];
  /** The module that declares it, such as `attacks/victim`: with the name what makes two exports the same. */
  readonly declaredIn: string;
  /** Types of the package that its declarations name, exported or not. */
  readonly types: readonly Named[];
}

/** What is known by its name and the module that declares it. */
export type Named = Pick<Exported, 'name' | 'declaredIn'>;

/** What a program imports from, such as `vda/attack`. */
export interface EntryPoint {
  readonly module: string;
  /** The doc comment at the head of the file. */
  readonly doc: string;
  /** By name. */
  readonly exports: readonly Exported[];
}

/** Entry points by the file of `src`. */
const files = { index: 'vda', attack: 'vda/attack', inference: 'vda/inference' };

/**
 * The declarations that the package has, read with TypeScript's own interface: every export of every entry point.
 * @param root the repository
 */
export function readApi(root: string): readonly EntryPoint[] {
  // Inside the repository the declarations find those of packages; what is left there makes the next time quicker.
  const folder = join(root, 'node_modules/.cache/vda-api');
  mkdirSync(folder, { recursive: true });
  const emitting = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', folder];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, ...emitting, '--tsBuildInfoFile', join(folder, '.tsbuildinfo')];
  execFileSync(process.execPath, args, { cwd: root });
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { module: 'NodeNext', target: 'ES2023', strict: true, noEmit: true };
  const entries = Object.keys(files).map((file) => `${file}.d.ts`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: entries }));
  const api = new API({ cwd: folder });
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)!;
    return Object.entries(files).map(([file, module]) => readEntry(project, { folder, file, module }));
  } finally {
    api.close();
  }
}

interface Entry {
  readonly folder: string;
  readonly file: string;
  readonly module: string;
}

function readEntry(project: Project, { folder, file, module }: Entry): EntryPoint {
  const { checker, program } = project;
  const source = program.getSourceFile(join(folder, `${file}.d.ts`))!;
  const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).map((symbol) => {
    const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return readExport(project, { folder, name: symbol.name, symbol: target });
  });
  const [, head = ''] = /^\s*\/\*\*\n([\s\S]*?)\*\//.exec(source.text) ?? [];
  return {
    module,
    doc: head.replaceAll(/^ *\* ?/gm, '').trim(),
    exports: exports.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

interface Found {
  readonly folder: string;
  readonly name: string;
  readonly symbol: TsSymbol;
}

function readExport(project: Project, { folder, name, symbol }: Found): Exported {
  const { checker } = project;
  const nodes = symbol.declarations.map((handle) => statementOf(handle.resolve(project)!));
  const declarations = nodes.map((node) => node.getText().replace(/^(?:export |declare )+/, ''));
  return {
    name,
    kind: /^\w+/.exec(declarations[0]!)![0],
    doc: checker.getDocumentationCommentOfSymbol(symbol),
    tags: checker.getJsDocTagsOfSymbol(symbol).map((tag) => ({ name: tag.name, text: tag.text ?? '' })),
    declarations,
    declaredIn: moduleOf(nodes[0]!, folder),
    types: nodes.flatMap((node) => namedTypes(project, { folder, node })),
  };
}

/** A node's module, from the folder of declarations; outside of it `../…`. */
const moduleOf = (node: Node, folder: string): string =>
  relative(folder, node.getSourceFile().fileName).replace(/\.d\.ts$/, '');

const typeKinds: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.ClassDeclaration,
]);

/** The package's own types that a node names. */
function namedTypes(
  project: Project,
  { folder, node }: { readonly folder: string; readonly node: Node },
): readonly Named[] {
  const { checker } = project;
  const inner: Named[] = [];
  node.forEachChild((child) => {
    inner.push(...namedTypes(project, { folder, node: child }));
  });
  const symbol = node.kind === SyntaxKind.Identifier ? checker.getSymbolAtLocation(node) : undefined;
  if (symbol === undefined) return inner;
  const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declared = target.declarations[0]?.resolve(project);
  if (declared === undefined || !typeKinds.has(declared.kind)) return inner;
  const declaredIn = moduleOf(declared, folder);
  return declaredIn.startsWith('..') ? inner : [...inner, { name: target.name, declaredIn }];
}

/** Of a constant the whole statement. */
const statementOf = (node: Node): Node =>
  node.kind === SyntaxKind.VariableDeclaration ? node.parent.parent : node;
