// Peak memory and time of training steps of a large model (bench/random-model.mjs makes one), without VDA and with it:
//
//     node bench/large-model.mjs --model CLASSIFIER --mlm MASKED_LM --train train.tsv [--steps 3] [--batch 4] \
//         [--accumulation 4] [--max-seq-length 128] [--threads 2] [--device cpu]
//
// A step is `batch` texts times `accumulation`. Peak memory is that of the whole run: loading, training, and saving the
// model. Needs `npm run build` before, and Linux.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts, markdownTable, median, runMeasured } from './measure.mjs';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    mlm: { type: 'string' },
    train: { type: 'string' },
    steps: { type: 'string', default: '3' },
    batch: { type: 'string', default: '4' },
    accumulation: { type: 'string', default: '4' },
    'max-seq-length': { type: 'string', default: '128' },
    threads: { type: 'string', default: '2' },
    device: { type: 'string', default: 'cpu' },
  },
});
for (const name of ['model', 'mlm', 'train'])
  if (!options[name])
    throw new Error(`--${name} is missing; the head of bench/large-model.mjs shows the command.`);
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

const rows = [];
for (const [name, more] of [
  ['plain', []],
  ['VDA', ['--vda', '--mlm', options.mlm]],
]) {
  const folder = mkdtempSync(join(tmpdir(), 'vda-large-'));
  try {
    const run = join(folder, 'run');
    const { peakMiB } = await runMeasured(process.execPath, [
      ...[main, 'train', '--model', options.model, '--train-file', options.train, '--output-dir', run],
      ...['--max-steps', options.steps, '--per-device-train-batch-size', options.batch],
      ...['--gradient-accumulation-steps', options.accumulation, '--logging-steps', '1'],
      ...['--max-seq-length', options['max-seq-length'], '--num-threads', options.threads],
      ...['--device', options.device, '--save-strategy', 'no', ...more],
    ]);
    const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const examples = Number(options.batch) * Number(options.accumulation);
    const seconds = lines
      .filter((line) => line.examplesPerSecond)
      .map((line) => examples / line.examplesPerSecond);
    rows.push([name, `${(peakMiB / 1024).toFixed(1)} GiB`, `${median(seconds).toFixed(1)} s`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.stdout.write(
  `${JSON.stringify(machineFacts())}\n\n${markdownTable(['training', 'peak memory', 'a step'], rows)}\n`,
);
