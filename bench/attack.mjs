// Times an attack side by side with TextAttack's, in turn in one run, on the same examples and without rules of meaning:
//
//     npm run build && node bench/attack.mjs --model CLASSIFIER --test-file test.tsv --out FOLDER --mlm MASKED_LM
//         [--peer PYTHON --peer-script SCRIPT] [--num-examples 150] [--max-candidates 48] [--max-length 64] [--repeats 1]
//     … --recipe textfooler [--neighbours NEIGHBOURS.json] [--encoder FOLDER] [--peer-script bench/textattack_textfooler.py]
//
// SCRIPT runs TextAttack and ends with JSON that has `n`, `wall_seconds` of its attack loop and `total_queries`, perhaps `cpu_seconds`
// of the loop. CPU time is of all threads; with `--threads 1` it compares the sides also where other work shares the machine.
// TextFooler's words are those of NEIGHBOURS.json, else what our WordNet lexicon has for the texts' words, for both sides alike.
// `--max-length 0` is the models' own: TextAttack's wrapper then pads every text to 512 tokens. `--encoder` times ours once more,
// with a sentence encoder that judges every candidate. Both attack the same texts, those that `vda attack --num-examples` would
// draw, from a file made of them. Ours is timed as the whole process, loading included, which is to our disadvantage.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts, markdownTable, median, runMeasured } from './measure.mjs';

const { values: options } = parseArgs({
  options: {
    recipe: { type: 'string', default: 'bert-attack' },
    model: { type: 'string' },
    mlm: { type: 'string' },
    neighbours: { type: 'string' },
    encoder: { type: 'string' },
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
const needed = { 'bert-attack': ['mlm'], textfooler: [] }[options.recipe];
if (!needed) throw new Error(`--recipe: expected bert-attack or textfooler, got ${options.recipe}.`);
for (const name of ['model', 'test-file', 'out', ...needed, ...(options.peer ? ['peer-script'] : [])])
  if (!options[name])
    throw new Error(`--${name} is missing; the head of bench/attack.mjs shows the command.`);
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'vda-bench-'));
const data = join(scratch, 'texts.tsv');
const stopWords = join(scratch, 'stop-words.txt');
const neighbours = options.neighbours ?? join(scratch, 'neighbours.json');

/** What chooses the words, for `vda attack` and for SCRIPT. */
const wordOptions = {
  'bert-attack': {
    ours: ['--mlm', options.mlm, '--similarity', 'none', '--antonyms', 'none'],
    peer: ['--mlm', options.mlm, '-n', options['num-examples']],
  },
  textfooler: {
    ours: ['--similarity', neighbours, '--stop-words', stopWords],
    peer: ['--neighbours', neighbours, '--stop-words', stopWords],
  },
}[options.recipe];

/** The texts that both sides attack, labels as the file spells them, and the words that both leave alone. */
async function writeTexts() {
  const { drawExamples, loadDataset } = await import('../dist/index.js');
  const { functionWords } = await import('../dist/attack.js');
  const all = loadDataset(options['test-file']);
  const drawn = drawExamples(all, { count: Number(options['num-examples']) });
  const rows = drawn.map(({ text, label }) => `${all.labels[label]}\t${text.replace(/[\t\n\r]/g, ' ')}\n`);
  writeFileSync(data, `label\ttext\n${rows.join('')}`);
  writeFileSync(stopWords, [...functionWords].join('\n'));
  if (!options.neighbours) await writeNeighbours(drawn.flatMap(({ text }) => text.split(/\s+/)));
}

/** A file of neighbours from our own lexicon, single words alone. */
async function writeNeighbours(words) {
  const { wordnetLexicon } = await import('../dist/attacks/lexicon/lexicons.js');
  const { embeddedWordnet } = await import('../dist/runs/lexica/load-constraints.js');
  const { substitutes } = wordnetLexicon(embeddedWordnet());
  const most = Number(options['max-candidates']);
  const single = (word) => substitutes(word, most).filter((other) => /^[a-z]+$/.test(other));
  const table = [...new Set(words)].map((word) => [word.toLowerCase(), single(word)]);
  writeFileSync(neighbours, JSON.stringify(Object.fromEntries(table)));
}

/** Our side, through the command line, without rules of meaning but for stop words. */
async function ours(repeat, more = []) {
  const folder = join(scratch, `${repeat}-${more.length}`);
  const usage = await runMeasured(process.execPath, [
    ...[main, 'attack', '--recipe', options.recipe, '--model', options.model, '--test-file', data],
    ...['--num-examples', options['num-examples'], '--max-candidates', options['max-candidates']],
    ...wordOptions.ours,
    ...(options['max-length'] === '0' ? [] : ['--max-seq-length', options['max-length']]),
    ...['--num-threads', options.threads, '--output-dir', folder],
    ...more,
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

const withEncoder = (repeat) =>
  ours(repeat, ['--constraints', 'sentence-similarity', '--encoder', options.encoder]);

async function peer() {
  const usage = await runMeasured(options.peer, [
    ...[options['peer-script'], '--model', options.model, '--data', data, ...wordOptions.peer],
    ...['--max-candidates', options['max-candidates']],
    ...['--max-length', options['max-length'], '--threads', options.threads],
  ]);
  const said = JSON.parse(usage.stdout.slice(usage.stdout.indexOf('{')));
  const { n: examples, wall_seconds: seconds, total_queries: queries, succeeded, failed, skipped } = said;
  const cpuSeconds = said.cpu_seconds ?? usage.cpuSeconds;
  return { ...usage, seconds, cpuSeconds, examples, queries, succeeded, failed, skipped, said };
}

const sides = {
  ours,
  ...(options.encoder && { 'ours, with encoder': withEncoder }),
  ...(options.peer && { TextAttack: peer }),
};
try {
  await writeTexts();
  const results = [];
  for (let repeat = 0; repeat < Number(options.repeats); repeat++) {
    for (const [side, run] of Object.entries(sides)) {
      const { stdout: _, stderr: __, ...measured } = await run(repeat);
      results.push({ side, repeat, ...measured });
    }
  }
  const rows = Object.keys(sides).map((side) => {
    const own = results.filter((result) => result.side === side);
    const { examples, queries, succeeded, failed, skipped, peakMiB } = own[0];
    const seconds = median(own.map((result) => result.seconds));
    const cpuSeconds = median(own.map((result) => result.cpuSeconds));
    return [
      ...[side, (seconds / examples).toFixed(3), (cpuSeconds / examples).toFixed(3)],
      ...[(queries / seconds).toFixed(0), queries],
      ...[`${succeeded} / ${failed} / ${skipped}`, (peakMiB / 1024).toFixed(2)],
    ];
  });
  const columns = 's an example|CPU s an example|queries/s|queries|succeeded / failed / skipped|peak GiB';
  const head = ['', ...columns.split('|')];
  const facts = { ...machineFacts(), threads: Number(options.threads) };
  process.stdout.write(`${markdownTable(head, rows)}\n\n${JSON.stringify(facts)}\n`);
  mkdirSync(options.out, { recursive: true });
  const file = join(options.out, `attack-${new Date().toISOString().replaceAll(':', '')}.json`);
  writeFileSync(file, `${JSON.stringify({ facts, options, results }, null, 2)}\n`);
  process.stdout.write(`${file}\n`);
} finally {
  rmSync(scratch, { recursive: true });
}
