// How long the command takes to its first line, and the library to load, beside a Node that does nothing:
//
//     npm run build && node bench/start-up.mjs [--runs 21]
//
// Prints a Markdown table: median and least milliseconds of whole processes, run in turn.
import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { markdownTable, median } from './measure.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '21' } } });
const dist = (file) => new URL(`../dist/${file}`, import.meta.url);
const vda = (...args) => [fileURLToPath(dist('cli/main.js')), ...args];
const importOf = (file) => ['--input-type=module', '--eval', `import '${dist(file)}'`];
const processes = {
  'node --eval 0': ['--eval', '0'],
  'vda --help': vda('--help'),
  'vda train --help': vda('train', '--help'),
  "import 'vda'": importOf('index.js'),
  "import 'vda/attack'": importOf('attack.js'),
  "import 'vda/inference'": importOf('inference.js'),
};
const times = Object.fromEntries(Object.keys(processes).map((name) => [name, []]));
for (let run = 0; run < Number(values.runs); run++) {
  for (const [name, args] of Object.entries(processes)) {
    const start = performance.now();
    execFileSync(process.execPath, args);
    times[name].push(performance.now() - start);
  }
}
const rows = Object.entries(times).map(([name, all]) => [
  `\`${name}\``,
  median(all).toFixed(0),
  Math.min(...all).toFixed(0),
]);
process.stdout.write(
  `Node ${process.version}\n\n${markdownTable(['process', 'median (ms)', 'least (ms)'], rows)}\n`,
);
