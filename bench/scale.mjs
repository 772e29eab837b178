// Measures what docs/scale.md counts with, and prints its table:
//
//     npm run build
//     node bench/scale.mjs --model NAME=FOLDER … --attack FOLDER … --texts FILE [--lengths 32,128,256] [--seconds 20] \
//         [--train NAME …] [--batch 8] [--merge 40000] --out scale.json
//
// --model: classifiers whose texts a second on one core are taken, at each length in tokens. bench/random-model.mjs makes such of
// the size of BERT-base and RoBERTa-large. --attack: folders of finished attacks, for the queries and bytes of a text; the first one's records, copied to
// --merge, for what a merge takes. --texts:
// a file that vda predict reads, for the bytes of an answer. --train: names of models of which one step of --batch texts is
// trained, for the memory of a rank and the seconds of a step on one core.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createClassifier } from '../dist/node-inference.js';
import { loadClassifier } from '../dist/pretrained/load-classifier.js';
import { machineFacts, markdownTable, median, runMeasured } from './measure.mjs';

const { values: given } = parseArgs({
  options: {
    model: { type: 'string', multiple: true, default: [] },
    attack: { type: 'string', multiple: true, default: [] },
    train: { type: 'string', multiple: true, default: [] },
    texts: { type: 'string' },
    lengths: { type: 'string', default: '32,128,256' },
    seconds: { type: 'string', default: '20' },
    merge: { type: 'string', default: '40000' },
    batch: { type: 'string', default: '8' },
    out: { type: 'string' },
  },
});
if (given.model.length === 0 || !given.out)
  throw new Error('expected --model NAME=FOLDER and --out; the head of bench/scale.mjs shows the command.');
const models = given.model.map((one) => {
  const [name, folder] = [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)];
  return { name, folder };
});
const lengths = given.lengths.split(',').map(Number);
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'vda-scale-'));
/** A text of more tokens than any length: it is cut to each. */
const long = 'the film is a good one '.repeat(200);

/** Weights of a folder's model, from the header of its safetensors file. */
function parametersOf(folder) {
  const file = openSync(join(folder, 'model.safetensors'));
  const read = (length, position) => {
    const bytes = Buffer.alloc(length);
    readSync(file, bytes, 0, length, position);
    return bytes;
  };
  const header = JSON.parse(read(Number(read(8, 0).readBigUInt64LE(0)), 8).toString());
  closeSync(file);
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .reduce((sum, [, { shape }]) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/** Texts a second on one thread: the median over rounds of 16 texts of so many tokens. */
async function textsPerSecond(folder, length) {
  const classifier = await createClassifier(await loadClassifier(folder), {
    numThreads: 1,
    maxLength: length,
  });
  const texts = Array.from({ length: 16 }, () => ({ text: long }));
  await classifier.logits(texts);
  const rounds = [];
  const begun = performance.now();
  while (rounds.length < 3 || performance.now() - begun < 1000 * Number(given.seconds)) {
    const from = performance.now();
    await classifier.logits(texts);
    rounds.push((1000 * texts.length) / (performance.now() - from));
  }
  await classifier.release();
  return median(rounds);
}

/** What an attack cost a text, by its results: queries, seconds, bytes in results.jsonl and in all its files. */
function attackCosts(folder) {
  const results = readFileSync(join(folder, 'results.jsonl'), 'utf8');
  const attacked = results
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const searched = attacked.filter(({ status }) => status !== 'skipped');
  const all = readdirSync(folder)
    .map((name) => statSync(join(folder, name)))
    .filter((stat) => stat.isFile())
    .reduce((sum, { size }) => sum + size, 0);
  return {
    texts: attacked.length,
    queries: searched.reduce((sum, { queries }) => sum + queries, 0) / searched.length,
    bytes: Buffer.byteLength(results) / attacked.length,
    allBytes: all / attacked.length,
  };
}

/** Seconds and memory of vda report that puts two parts of so many records together, copies of those of an attack. */
async function merging(folder, count) {
  const manifest = JSON.parse(readFileSync(join(folder, 'attack.json'), 'utf8'));
  const lines = readFileSync(join(folder, 'results.jsonl'), 'utf8').trimEnd().split('\n');
  const parts = [0, 1].map((index) => {
    const part = join(scratch, `part-${count}-${index}`);
    const ids = Array.from({ length: count / 2 }, (_, i) => 2 * i + index);
    mkdirSync(part);
    writeFileSync(
      join(part, 'attack.json'),
      JSON.stringify({ ...manifest, shard: { index, count: 2 }, ids }),
    );
    const records = ids.map((id) => JSON.stringify({ ...JSON.parse(lines[id % lines.length]), id }));
    writeFileSync(join(part, 'results.jsonl'), `${records.join('\n')}\n`);
    return part;
  });
  const { wallSeconds, peakMiB } = await runMeasured(process.execPath, [
    ...[main, 'report', ...parts, '--output-dir', join(scratch, `merged-${count}`)],
  ]);
  return { seconds: wallSeconds, peakMiB };
}

/** Bytes that vda predict writes for a text. */
function answerBytes(folder) {
  const out = join(scratch, 'answers.jsonl');
  execFileSync(
    process.execPath,
    [main, 'predict', '--model', folder, '--test-file', given.texts, '--output-file', out],
    {
      stdio: 'ignore',
    },
  );
  const lines = readFileSync(out, 'utf8');
  return Buffer.byteLength(lines) / lines.trimEnd().split('\n').length;
}

/** Peak memory and seconds of a step of a training on one thread, at the first length that is asked of all. */
async function training(folder, length) {
  const data = join(scratch, 'train.jsonl');
  const batch = Number(given.batch);
  const lines = Array.from({ length: 8 * batch }, (_, i) => JSON.stringify({ text: long, label: i % 2 }));
  writeFileSync(data, `${lines.join('\n')}\n`);
  const output = join(scratch, 'trained');
  const argv = [
    ...[main, 'train', '--model', folder, '--train-file', data, '--output-dir', output, '--num-threads', '1'],
    ...['--max-seq-length', String(length), '--per-device-train-batch-size', String(batch)],
    ...['--max-steps', '6', '--logging-steps', '1', '--save-strategy', 'no'],
  ];
  rmSync(output, { recursive: true, force: true });
  const { peakMiB } = await runMeasured(process.execPath, argv);
  const speeds = readFileSync(join(output, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => JSON.parse(line).examplesPerSecond ?? []);
  // The first step touches all memory.
  return { peakMiB, stepSeconds: batch / median(speeds.slice(1)) };
}

/** The arithmetic of docs/scale.md, under the names it has there. */
function followsFrom({ models, attacks, merge }) {
  const whole = (value) => Math.round(value).toLocaleString('en');
  const perSecond = 1e9 / 86_400;
  const [attack] = Object.values(attacks);
  return Object.entries(models)
    .flatMap(([name, { textsPerSecond, parameters, answerBytes, training }]) => {
      const speeds = Object.entries(textsPerSecond);
      const [length, speed] = speeds[Math.min(1, speeds.length - 1)];
      const ranks = 64;
      const sent = (8 * parameters * (ranks - 1)) / ranks;
      const seconds = (bandwidth) => sent / bandwidth;
      const share = (step, bandwidth) => `${((100 * step) / (step + seconds(bandwidth))).toFixed(0)} %`;
      return [
        ...speeds.map(([tokens, s]) => [
          `N = cores for 10⁹ texts a day, ${name}, ${tokens} tokens`,
          whole(perSecond / s),
        ]),
        ...(answerBytes === undefined ? [] : [[`GB of answers a day, ${name}`, whole(answerBytes)]]),
        ...(attack === undefined
          ? []
          : [
              [
                `core hours for 10⁶ attacks, ${name}, ${length} tokens`,
                whole((1e6 * attack.queries) / speed / 3600),
              ],
              [
                `hours in 1,000 shards of 4 cores, ${name}, ${length} tokens`,
                ((1e6 * attack.queries) / speed / 3600 / 4000).toFixed(1),
              ],
            ]),
        [`GB of weights, gradients and moments on each rank, ${name}`, ((16 * parameters) / 1e9).toFixed(1)],
        [`GB that each of 64 ranks sends in a step, ${name}`, (sent / 1e9).toFixed(2)],
        [
          `seconds of the sum at 10, 25 and 100 Gbit/s, ${name}`,
          [10, 25, 100].map((b) => seconds(b * 1.25e8).toFixed(2)).join(', '),
        ],
        ...(training === undefined
          ? []
          : [
              [
                `share of a step that is work, 64 ranks of 16 cores, ${name}, at 10, 25 and 100 Gbit/s`,
                [10, 25, 100].map((b) => share(training.stepSeconds / 16, b * 1.25e8)).join(', '),
              ],
            ]),
      ];
    })
    .concat(
      attack === undefined ? [] : [['GB of results of 10⁶ attacks', (attack.bytes / 1000).toFixed(1)]],
      merge === undefined
        ? []
        : [
            ['GB of memory to merge 10⁶ results', (merge.bytes / 1000).toFixed(1)],
            ['minutes to merge 10⁶ results', ((1e6 * merge.seconds) / 60).toFixed(1)],
          ],
    );
}

try {
  const measured = { machine: machineFacts(), models: {}, attacks: {} };
  for (const { name, folder } of models) {
    const parameters = parametersOf(folder);
    const speeds = {};
    for (const length of lengths) speeds[length] = await textsPerSecond(folder, length);
    const trained = given.train.includes(name) ? await training(folder, lengths[1] ?? lengths[0]) : undefined;
    const answer = given.texts === undefined ? undefined : answerBytes(folder);
    measured.models[name] = {
      ...{ parameters, textsPerSecond: speeds, answerBytes: answer },
      ...{ stateBytes: 16 * parameters, gradientBytes: 4 * parameters, training: trained },
    };
  }
  for (const folder of given.attack) measured.attacks[folder] = attackCosts(folder);
  if (given.attack.length > 0) {
    const most = Number(given.merge);
    const [half, whole] = [await merging(given.attack[0], most / 2), await merging(given.attack[0], most)];
    const slope = (key) => (whole[key] - half[key]) / (most / 2);
    measured.merge = { records: most, seconds: slope('seconds'), bytes: 2 ** 20 * slope('peakMiB') };
  }
  writeFileSync(given.out, `${JSON.stringify(measured, undefined, 2)}\n`);

  const [round, millions] = [(value) => value?.toPrecision(3) ?? '–', (value) => (value / 1e6).toFixed(1)];
  const rows = Object.entries(measured.models).flatMap(([name, model]) => [
    ...lengths.map((length) => [
      `texts a second on a core, ${name}, ${length} tokens`,
      round(model.textsPerSecond[length]),
    ]),
    [`parameters, ${name}`, `${millions(model.parameters)} million`],
    ...(model.answerBytes === undefined ? [] : [[`bytes of an answer, ${name}`, round(model.answerBytes)]]),
    ...(model.training === undefined
      ? []
      : [
          [`memory of a rank, ${name}`, `${Math.round(model.training.peakMiB)} MiB`],
          [`seconds of a step of ${given.batch} texts on a core, ${name}`, round(model.training.stepSeconds)],
        ]),
  ]);
  const attacks = Object.values(measured.attacks).flatMap((attack, i) => [
    [`queries of an attack, attack ${i + 1} (${attack.texts} texts)`, round(attack.queries)],
    [`bytes of a text in results.jsonl, attack ${i + 1}`, round(attack.bytes)],
    [`bytes of a text in all files, attack ${i + 1}`, round(attack.allBytes)],
  ]);
  const merged =
    measured.merge === undefined
      ? []
      : [
          ['milliseconds of a record in a merge with its report', round(1000 * measured.merge.seconds)],
          ['bytes of memory of a record in a merge with its report', round(measured.merge.bytes)],
        ];
  const { processor, cores, vectors, node, onnxruntime } = measured.machine;
  process.stdout.write(
    `${processor}, ${cores} cores, ${vectors}; Node ${node}, ONNX Runtime ${onnxruntime}\n\n`,
  );
  process.stdout.write(`${markdownTable(['what', 'measured'], [...rows, ...attacks, ...merged])}\n\n`);
  process.stdout.write(`${markdownTable(['what follows', ''], followsFrom(measured))}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
