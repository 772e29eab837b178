import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { SyntaxKind } from 'typescript/unstable/ast';
import { API, SymbolFlags } from 'typescript/unstable/sync';
/** Entry points by the file of `src`. */
const files = { index: 'vda', attack: 'vda/attack', inference: 'vda/inference' };
/**
 * The declarations that the package has, read with TypeScript's own interface: every export of every entry point.
 * @param root the repository
 */
export function readApi(root) {
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
        const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
        return Object.entries(files).map(([file, module]) => readEntry(project, { folder, file, module }));
    }
    finally {
        api.close();
    }
}
function readEntry(project, { folder, file, module }) {
    const { checker, program } = project;
    const source = program.getSourceFile(join(folder, `${file}.d.ts`));
    const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map((symbol) => {
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
function readExport(project, { folder, name, symbol }) {
    const { checker } = project;
    const nodes = symbol.declarations.map((handle) => statementOf(handle.resolve(project)));
    const declarations = nodes.map((node) => node.getText().replace(/^(?:export |declare )+/, ''));
    return {
        name,
        kind: /^\w+/.exec(declarations[0])[0],
        doc: checker.getDocumentationCommentOfSymbol(symbol),
        tags: checker.getJsDocTagsOfSymbol(symbol).map((tag) => ({ name: tag.name, text: tag.text ?? '' })),
        declarations,
        declaredIn: relative(folder, nodes[0].getSourceFile().fileName).replace(/\.d\.ts$/, ''),
    };
}
/** Of a constant the whole statement. */
const statementOf = (node) => node.kind === SyntaxKind.VariableDeclaration ? node.parent.parent : node;
