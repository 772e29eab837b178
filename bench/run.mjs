// Times training side by side with the same training in PyTorch, in turn in one run:
//
//     npm run bench -- --model CLASSIFIER --mlm MASKED_LM --train train.tsv --peer PYTHON --peer-script SCRIPT \
//         --out FOLDER [--steps 60] [--epochs 3] [--official-steps 2] [--plain-steps 20] [--repeats 1] [--batch 16] \
//         [--threads 2]
//
// SCRIPT is a PyTorch program with the recipes `tuned` and `official`, whose last line of output is JSON with
// `wall_seconds` of its training loop. bench/random-model.mjs makes model folders of BERT-base's size.
// Prints a Markdown table; FOLDER gets every single measurement as JSON.
//
// A run trains --epochs passes over the first --steps batches of the training file. Its time begins after the models
// are loaded and, with VDA on our side, before the masked LM's candidates are worked out, and ends with the last step.
// With few batches the first step, which touches all memory, weighs more, and the peer, which sorts within 50 batches,
// pads more: 1.04 times its tokens with 60 batches, 1.10 with 20, 1.03 over all of MR.
//
// The official recipe does the same work for every text, so a few of its steps give its speed; it is held against our
// whole run of the first comparison, in which the masked LM's pass is paid for.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
    peer: { type: 'string' },
    'peer-script': { type: 'string' },
    out: { type: 'string' },
    steps: { type: 'string', default: '60' },
    epochs: { type: 'string', default: '3' },
    'official-steps': { type: 'string', default: '2' },
    'plain-steps': { type: 'string', default: '20' },
    repeats: { type: 'string', default: '1' },
    batch: { type: 'string', default: '16' },
    threads: { type: 'string', default: '2' },
  },
});
for (const name of ['model', 'mlm', 'train', 'peer', 'peer-script', 'out'])
  if (!options[name]) throw new Error(`--${name} is missing; the head of bench/run.mjs shows the command.`);
const [batch, repeats] = [Number(options.batch), Number(options.repeats)];
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const optimizer = fileURLToPath(new URL('optimizer.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'vda-bench-'));

const tuned = 'VDA against the tuned recipe';
/** What is timed: our options (or whose run of ours stands for them) and the peer's, at a number of batches and epochs. */
const comparisons = [
  {
    name: tuned,
    ours: ['--vda', '--mlm', options.mlm],
    peer: ['--recipe', 'tuned', '--mixture', 'logit', '--mlm', options.mlm],
    ...{ steps: Number(options.steps), epochs: Number(options.epochs), repeats },
  },
  {
    name: 'VDA against the official recipe at 256 tokens',
    oursOf: tuned,
    peer: ['--recipe', 'official', '--mixture', 'official', '--mlm', options.mlm],
    ...{ steps: Number(options['official-steps']), epochs: 1, repeats: 1 },
  },
  {
    name: 'no VDA',
    ours: [],
    peer: ['--recipe', 'tuned', '--mixture', 'none'],
    ...{ steps: Number(options['plain-steps']), epochs: 1, repeats },
  },
];

try {
  const results = [];
  for (const comparison of comparisons) {
    const data = firstRows(comparison.steps * batch);
    for (let repeat = 0; repeat < comparison.repeats; repeat++) {
      for (const [side, run] of Object.entries(comparison.oursOf ? { peer } : { ours, peer })) {
        const measured = await run(comparison, { data, repeat });
        results.push({ comparison: comparison.name, side, repeat, ...measured });
        const { examplesPerSecond, peakMiB } = measured;
        process.stderr.write(
          `${comparison.name}, ${side}: ${examplesPerSecond.toFixed(2)} examples/s, ${peakMiB.toFixed(0)} MiB\n`,
        );
      }
    }
  }
  const optimizerMs = Number((await runMeasured(process.execPath, [optimizer, options.model])).stdout);
  const facts = { ...machineFacts(), peer: await peerVersions(), threads: Number(options.threads), batch };
  report({ results, optimizerMs, facts });
} finally {
  rmSync(scratch, { recursive: true });
}

/** Our side, through the command line. */
async function ours({ ours: flags, epochs }, { data, repeat }) {
  const folder = join(scratch, `${flags.length}-${epochs}-${repeat}`);
  const usage = await runMeasured(process.execPath, [
    ...[main, 'train', '--model', options.model, '--train-file', data, '--output-dir', folder, ...flags],
    ...['--per-device-train-batch-size', options.batch, '--num-train-epochs', `${epochs}`],
    ...['--max-seq-length', '256', '--save-strategy', 'no', '--num-threads', options.threads],
  ]);
  const metrics = join(folder, 'metrics.jsonl');
  const steps = readFileSync(metrics, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const stepSeconds = steps.map(({ examplesPerSecond }) => batch / examplesPerSecond);
  const training = stepSeconds.reduce((a, b) => a + b);
  // The candidates' file is made when their pass begins, the log's last line written when the last step ends.
  const seconds = flags.includes('--vda')
    ? (statSync(metrics).mtimeMs - statSync(join(folder, 'candidates.bin')).birthtimeMs) / 1000
    : training;
  rmSync(folder, { recursive: true });
  return {
    ...measures(usage, { seconds, examples: steps.length * batch }),
    stepSeconds: median(stepSeconds),
    candidateSeconds: seconds - training,
  };
}

/** The peer, through its script. */
async function peer({ peer: flags, epochs, steps }, { data }) {
  const usage = await runMeasured(options.peer, [
    ...[options['peer-script'], '--model', options.model, '--train', data, ...flags],
    ...[
      '--batch',
      options.batch,
      '--epochs',
      `${epochs}`,
      '--max-length',
      '256',
      '--threads',
      options.threads,
    ],
  ]);
  const { wall_seconds: seconds } = JSON.parse(usage.stdout.trim().split('\n').at(-1));
  return measures(usage, { seconds, examples: steps * epochs * batch });
}

function measures({ wallSeconds, cpuSeconds, peakMiB }, { seconds, examples }) {
  return {
    ...{ seconds, examples, examplesPerSecond: examples / seconds },
    ...{ processSeconds: wallSeconds, processCpuSeconds: cpuSeconds, peakMiB },
  };
}

/** A file of the training file's header and first rows. */
function firstRows(count) {
  const lines = readFileSync(options.train, 'utf8')
    .split('\n')
    .slice(0, count + 1);
  if (lines.length <= count) throw new Error(`${options.train} has fewer than ${count} examples.`);
  const path = join(scratch, `first-${count}.tsv`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

async function peerVersions() {
  const program = 'import torch, transformers; print(torch.__version__, transformers.__version__)';
  const [torch, transformers] = (await runMeasured(options.peer, ['-c', program])).stdout.trim().split(' ');
  return { torch, transformers };
}

function report({ results, optimizerMs, facts }) {
  const rows = comparisons.map(({ name, oursOf, steps, epochs }) => {
    const middle = (side, key) => {
      const comparison = side === 'ours' ? (oursOf ?? name) : name;
      return median(results.filter((r) => r.comparison === comparison && r.side === side).map((r) => r[key]));
    };
    const speeds = ['ours', 'peer'].map((side) => middle(side, 'examplesPerSecond'));
    const memory = ['ours', 'peer'].map((side) => (middle(side, 'peakMiB') / 1024).toFixed(2));
    const share = optimizerMs / 1000 / middle('ours', 'stepSeconds');
    return [
      ...[name, `${epochs} × ${steps * batch}`, ...speeds.map((speed) => speed.toFixed(2))],
      ...[`${(speeds[0] / speeds[1]).toFixed(2)} ×`, ...memory, `${(100 * share).toFixed(1)} %`],
      middle('ours', 'candidateSeconds').toFixed(1),
    ];
  });
  const head = [
    ...['', 'epochs × examples', 'ours, examples/s', 'peer, examples/s', 'ratio', 'ours, peak GiB'],
    ...['peer, peak GiB', 'optimizer in a step', 'masked-LM pass, s'],
  ];
  process.stdout.write(`${markdownTable(head, rows)}\n\n${JSON.stringify(facts)}\n`);
  mkdirSync(options.out, { recursive: true });
  const file = join(options.out, `training-${new Date().toISOString().replaceAll(':', '')}.json`);
  writeFileSync(file, `${JSON.stringify({ facts, options, optimizerMs, results }, null, 2)}\n`);
  process.stdout.write(`${file}\n`);
}
