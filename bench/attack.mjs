// Times BERT-Attack side by side with TextAttack's, in turn in one run, on the same examples and without filters:
//
//     npm run build && node bench/attack.mjs --model CLASSIFIER --mlm MASKED_LM --test-file test.tsv \
//         --peer PYTHON --peer-script SCRIPT --out FOLDER [--num-examples 150] [--max-candidates 48] [--repeats 1]
//
// SCRIPT runs TextAttack and ends with JSON that has `n`, `wall_seconds` of its attack loop and `total_queries`.
// Both attack the same texts, those that `vda attack --num-examples` would draw, from a file made of them.
// Ours is timed as the whole process, loading included, which is to our disadvantage.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts, markdownTable, median, runMeasured } from './measure.mjs';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    mlm: { type: 'string' },
    'test-file': { type: 'string' },
    peer: { type: 'string' },
    'peer-script': { type: 'string' },
    out: { type: 'string' },
    'num-examples': { type: 'string', default: '150' },
    'max-candidates': { type: 'string', default: '48' },
    'max-length': { type: 'string', default: '64' },
    repeats: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
  },
});
for (const name of ['model', 'mlm', 'test-file', 'peer', 'peer-script', 'out'])
  if (!options[name])
    throw new Error(`--${name} is missing; the head of bench/attack.mjs shows the command.`);
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'vda-bench-'));
const data = join(scratch, 'texts.tsv');

/** The texts that both sides attack; labels as the file spells them. */
async function writeTexts() {
  const { drawExamples, loadDataset } = await import('../dist/index.js');
  const all = loadDataset(options['test-file']);
  const drawn = drawExamples(all, { count: Number(options['num-examples']) });
  const rows = drawn.map(({ text, label }) => `${all.labels[label]}\t${text.replace(/[\t\n\r]/g, ' ')}\n`);
  writeFileSync(data, `label\ttext\n${rows.join('')}`);
}

/** Our side, through the command line, without filters of meaning; both sides have a list of stop words. */
async function ours(repeat) {
  const folder = join(scratch, `${repeat}`);
  const usage = await runMeasured(process.execPath, [
    ...[main, 'attack', '--model', options.model, '--mlm', options.mlm, '--test-file', data],
    ...['--num-examples', options['num-examples'], '--max-candidates', options['max-candidates']],
    ...['--similarity', 'none', '--antonyms', 'none'],
    ...['--max-seq-length', options['max-length'], '--num-threads', options.threads, '--output-dir', folder],
  ]);
  const records = readFileSync(join(folder, 'results.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l));
  const queries = records.reduce((sum, record) => sum + record.queries, 0);
  const count = (status) => records.filter((record) => record.status === status).length;
  const outcome = {
    succeeded: count('success'),
    failed: count('failed') + count('nothing-to-change'), // one ending in TextAttack
    skipped: count('skipped'),
  };
  return { ...usage, seconds: usage.wallSeconds, examples: records.length, queries, ...outcome };
}

async function peer() {
  const usage = await runMeasured(options.peer, [
    ...[options['peer-script'], '--model', options.model, '--mlm', options.mlm, '--data', data],
    ...['-n', options['num-examples'], '--max-candidates', options['max-candidates']],
    ...['--max-length', options['max-length'], '--threads', options.threads],
  ]);
  const said = JSON.parse(usage.stdout.slice(usage.stdout.indexOf('{')));
  const { n: examples, wall_seconds: seconds, total_queries: queries, succeeded, failed, skipped } = said;
  return { ...usage, seconds, examples, queries, succeeded, failed, skipped, said };
}

try {
  await writeTexts();
  const results = [];
  for (let repeat = 0; repeat < Number(options.repeats); repeat++) {
    for (const [side, run] of Object.entries({ ours, TextAttack: peer })) {
      const { stdout: _, stderr: __, ...measured } = await run(repeat);
      results.push({ side, repeat, ...measured });
    }
  }
  const rows = ['ours', 'TextAttack'].map((side) => {
    const own = results.filter((result) => result.side === side);
    const { examples, queries, succeeded, failed, skipped, peakMiB } = own[0];
    const seconds = median(own.map((result) => result.seconds));
    return [
      ...[side, (seconds / examples).toFixed(3), (queries / seconds).toFixed(0), queries],
      ...[`${succeeded} / ${failed} / ${skipped}`, (peakMiB / 1024).toFixed(2)],
    ];
  });
  const head = ['', 's an example', 'queries/s', 'queries', 'succeeded / failed / skipped', 'peak GiB'];
  const facts = { ...machineFacts(), threads: Number(options.threads) };
  process.stdout.write(`${markdownTable(head, rows)}\n\n${JSON.stringify(facts)}\n`);
  mkdirSync(options.out, { recursive: true });
  const file = join(options.out, `attack-${new Date().toISOString().replaceAll(':', '')}.json`);
  writeFileSync(file, `${JSON.stringify({ facts, options, results }, null, 2)}\n`);
  process.stdout.write(`${file}\n`);
} finally {
  rmSync(scratch, { recursive: true });
}
