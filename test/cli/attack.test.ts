import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import { predictedClass } from '../../src/evaluation/classification-metrics.ts';
import { createClassifier } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';

const texts = [
  'a good film',
  'the plot is very bad .',
  'so sad , but the score was fine',
  'not a dull scene',
  'the cast is awful',
  'it was nice and this joke is great',
  'a poor film',
  'lovely',
];

/** A model, and texts labelled as it sees them, so that all are worth attacking. */
async function setUp(all: readonly string[] = texts) {
  const model = writeWholeModel(temporaryFolder());
  const classifier = await createClassifier(await loadClassifier(model), { numThreads: 1 });
  const rows = await classifier.logits(all.map((text) => ({ text })));
  const file = join(temporaryFolder(), 'test.jsonl');
  const lines = all.map((text, i) => `${JSON.stringify({ text, label: predictedClass(rows[i]!) })}\n`);
  writeFileSync(file, lines.join(''));
  return { model, file };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

/** Attacks without filters: the tiny vocabulary has few words that WordNet relates. */
async function attack({ model, file }: SetUp, folder: string, p: { argv?: string[]; io?: Partial<Io> } = {}) {
  const { io, written } = memoryIo(p.io);
  const models = ['--model', model, '--mlm', model, '--test-file', file, '--output-dir', folder];
  const filters = ['--similarity', 'none', '--antonyms', 'none', '--stop-words', 'none'];
  const argv = ['attack', ...models, ...filters, '--num-threads', '1', ...(p.argv ?? [])];
  return { code: await main(argv, io), ...written };
}

const recordsOf = (folder: string): AttackRecord[] =>
  readFileSync(join(folder, 'results.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const timeless = (records: readonly AttackRecord[]) => records.map((record) => ({ ...record, seconds: 0 }));

describe('vda attack', () => {
  test('says how many texts were out of queries or could not be changed, and counts neither as robust', async () => {
    const set = await setUp([
      'a good film about the plot',
      '这部电影很好看',
      '.',
      'the cast is so very awful here',
    ]);
    const folder = temporaryFolder();
    const run = await attack(set, folder, { argv: ['--query-budget', '7'] });
    expect(run.code, run.stderr).toBe(0);
    const records = recordsOf(folder);
    expect(records.filter(({ status }) => status === 'nothing-to-change').map(({ id }) => id)).toEqual([
      1, 2,
    ]);
    const spent = records.filter(({ status }) => status === 'out-of-queries').length;
    expect(spent).toBeGreaterThan(0);
    expect(run.stdout).toContain('nothing could be changed in 2 of 4 texts: not counted as robust');
    expect(run.stdout).toContain(`${spent} of 4 out of queries: not counted as robust`);
    const { metrics } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
    const failed = records.filter(({ status }) => status === 'failed').length;
    expect(metrics).toMatchObject({ outOfQueries: spent, nothingToChange: 2, attAcc: { value: failed / 4 } });
    expect(metrics.robustEndings).toEqual(['failed']);
    const official = temporaryFolder();
    expect(
      (await attack(set, official, { argv: ['--preset', 'official', '--query-budget', '7'] })).code,
    ).toBe(0);
    const read = (name: string) => JSON.parse(readFileSync(join(official, name), 'utf8'));
    expect(read('attack.json').robustEndings).toContain('nothing-to-change');
    expect(read('summary.json').metrics.robustEndings).toContain('out-of-queries');
  });

  test('writes results, summary, record and report, and prints the table with its filters', async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await attack(await setUp(), folder, { argv: ['--num-examples', '6'] });
    expect(code, stderr).toBe(0);
    const records = recordsOf(folder);
    const ids = records.map(({ id }) => id);
    expect(ids).toHaveLength(6);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(stderr).toMatch(
      /test\.jsonl: 6 of 8 examples are attacked, drawn by a fixed shuffle, stratified by class/,
    );
    const flipped = records.filter(({ status }) => status === 'success');
    expect(flipped.length).toBeGreaterThan(0);
    for (const { changes, finalPrediction, label, adversarialText, text } of flipped) {
      expect(changes.length).toBeGreaterThan(0);
      expect(finalPrediction).not.toBe(label);
      expect(adversarialText).not.toBe(text);
    }
    expect(stdout).toMatch(/Ori Acc +Att Acc +Success +Q Num +Perturb/);
    expect(stdout).toContain('bert-attack (default); no filters; 6 examples');
    const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(json('summary.json').metrics.successRate.value).toBe(flipped.length / records.length);
    expect(json('run.json')).toMatchObject({
      command: 'attack',
      options: { numExamples: 6 },
      data: { testFile: expect.any(String) },
    });
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain(flipped[0]!.changes[0]!.to);
  });

  test('flips texts that the model really sees otherwise', async () => {
    const folder = temporaryFolder();
    const data = await setUp();
    await attack(data, folder);
    const classifier = await createClassifier(await loadClassifier(data.model), { numThreads: 1 });
    const records = recordsOf(folder);
    const rows = await classifier.logits(records.map(({ adversarialText }) => ({ text: adversarialText })));
    expect(rows.map((row) => classifier.labels[predictedClass(row)])).toEqual(
      records.map(({ finalPrediction }) => finalPrediction),
    );
  });

  test('goes on where it was stopped, and ends as if it had not been', async () => {
    const data = await setUp();
    const [whole, stopped] = [temporaryFolder(), temporaryFolder()];
    await attack(data, whole);
    const controller = new AbortController();
    const beyondFirst = () => existsSync(join(stopped, 'results.jsonl')) && recordsBy(stopped) > 0;
    const { io } = memoryIo();
    const stderr = {
      write: (text: string) => {
        io.stderr.write(text);
        if (beyondFirst()) controller.abort(new Error('stop'));
      },
      isTTY: true,
      columns: 80,
    };
    let clock = 0;
    const first = await attack(data, stopped, {
      io: { stderr, signal: controller.signal, now: () => (clock += 200) },
    });
    expect(first.code).toBe(1);
    const done = recordsBy(stopped);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(texts.length);
    expect(existsSync(join(stopped, 'summary.json'))).toBe(false);
    expect((await attack(data, stopped)).code).toBe(0);
    expect(timeless(recordsOf(stopped))).toEqual(timeless(recordsOf(whole)));
  });

  test('attacks its part of the examples with the same outcome as the whole does', async () => {
    const data = await setUp();
    const [whole, part] = [temporaryFolder(), temporaryFolder()];
    const env = { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_COUNT: '3' };
    const unasked = await attack(data, whole, { io: { env } }); // an array over seeds, perhaps
    expect(unasked.stderr).toContain(
      'SLURM_ARRAY_TASK_ID is set and --shard is not: this process does the whole.',
    );
    const argv = ['--batch-size', '2', '--shard', 'auto'];
    const { stdout, stderr } = await attack(data, part, { argv, io: { env } });
    expect(stderr).toContain('Part 1 of 3');
    expect(stdout).toContain('part 1/3 only');
    expect(recordsOf(whole)).toHaveLength(texts.length);
    const own = timeless(recordsOf(whole)).filter(({ id }) => id % 3 === 1);
    expect(timeless(recordsOf(part))).toEqual(own);
  });

  test('refuses a folder that holds another attack', async () => {
    const data = await setUp();
    const folder = temporaryFolder();
    await attack(data, folder, { argv: ['--num-examples', '2'] });
    const { code, stderr } = await attack(data, folder, {
      argv: ['--num-examples', '2', '--max-candidates', '3'],
    });
    expect(code).toBe(1);
    expect(stderr.replace(/\n/g, ' ')).toMatch(/another attack .*topK: 48 there, 3 now/);
  });

  test.each([
    [
      ['--similarity', 'wordnt'],
      '--similarity "wordnt": there is no such file. Expected wordnet, none or a file. Did you mean wordnet?',
    ],
    [
      ['--similarity', 'wordnet', 'Non'],
      '--similarity "Non": there is no such file. Expected wordnet, none or a file. Did you mean none?',
    ],
    [
      ['--antonyms', 'wordnte'],
      '--antonyms "wordnte": there is no such file. Expected wordnet, none or a file. Did you mean wordnet?',
    ],
    [
      ['--stop-words', 'defult'],
      '--stop-words "defult": there is no such file. Expected default, none or a file. Did you mean default?',
    ],
    [
      ['--stop-words', 'lists/german.txt'],
      '--stop-words "lists/german.txt": there is no such file. Expected default, none or a file.',
    ],
    [['--antonyms', '/'], '--antonyms "/": it is a folder.'],
  ])('refuses %j, naming what is near', async (argv, message) => {
    const { io, written } = memoryIo();
    const needed = ['--model', 'm', '--test-file', 't', '--output-dir', join(temporaryFolder(), 'o')];
    expect(await main(['attack', ...needed, ...argv], io)).toBe(1);
    expect(written.stderr.replace(/\s+/g, ' ')).toContain(message);
    expect(written.stderr).not.toContain('ENOENT');
  });

  test('in official mode prints how the published code departs', async () => {
    const { code, stdout, stderr } = await attack(await setUp(), temporaryFolder(), {
      argv: ['--preset', 'official'],
    });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      'counts as robust, as whatever did not flip (default: an ending of its own, not counted as robust)',
    );
    expect(stdout).toContain('bert-attack (official)');
  });

  test('bears texts of no word, one word, markup and controls', async () => {
    const folder = temporaryFolder();
    const hostile = [
      '',
      'good',
      '<b onclick="x()">bad</b>',
      '\x1b[2J good \u202e film',
      'good '.repeat(100_000),
    ];
    const { code, stdout, stderr } = await attack(await setUp(hostile), folder);
    expect(code, stderr).toBe(0);
    expect(recordsOf(folder).filter(({ status }) => status === 'error')).toEqual([]);
    expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).not.toContain('<b onclick');
  });

  test.each([
    [['--offset', '100'], 2, /has only 8 examples/],
    [['--stop-words', '/no/such/file'], 1, /no\/such\/file/],
    [['--shard', '3/3'], 2, /from 0 to 2/],
  ])('%j is an error', async (argv, exit, message) => {
    const { code, stderr } = await attack(await setUp(), temporaryFolder(), { argv });
    expect(code).toBe(exit);
    expect(stderr.replace(/\n/g, ' ')).toMatch(message);
  });

  test('asks for --mlm where nothing says what the classifier was fine-tuned from', async () => {
    const { model, file } = await setUp();
    const { io, written } = memoryIo();
    const code = await main(
      ['attack', '--model', model, '--test-file', file, '--output-dir', temporaryFolder()],
      io,
    );
    expect(code).toBe(2);
    expect(written.stderr).toContain('--mlm');
  });

  test('takes the model that vda train recorded, with the default filters', async () => {
    const { model, file } = await setUp();
    const mlm = writeWholeModel(temporaryFolder());
    writeFileSync(
      join(model, 'run.json'),
      JSON.stringify({ command: 'train', options: { model: mlm }, data: {} }),
    );
    const { io, written } = memoryIo();
    const argv = ['attack', '--model', model, '--test-file', file, '--output-dir', temporaryFolder()];
    expect(await main(argv, io), written.stderr).toBe(0);
    expect(written.stderr).toContain(`Words are proposed by ${mlm}`);
    expect(written.stdout.replace(/\n/g, ' ')).toMatch(/filters: stop words .*WordNet/);
  });
});

const recordsBy = (folder: string): number =>
  readFileSync(join(folder, 'results.jsonl'), 'utf8').split('\n').length - 1;

test('a profile and its encoder stand in the table, in the identity and in the summary', async () => {
  const set = await setUp();
  const folder = temporaryFolder();
  const argv = ['--profile', 'uniform', '--encoder', set.model];
  const run = await attack(set, folder, { argv });
  expect(run.code, run.stderr).toBe(0);
  expect(run.stderr).toContain(
    'bert-attack (default, profile uniform); filters: a word is changed once, at most 0.3 of the words',
  );
  expect(run.stdout).toContain('bert-attack (default, uniform)');
  const { identity } = JSON.parse(readFileSync(join(folder, 'attack.json'), 'utf8'));
  expect(identity.parts.attack.settings).toMatchObject({ profile: 'uniform', queriesPerWord: 50 });
  expect(identity.parts.encoder.id).toBe('sentence encoder');
  const again = await attack(set, folder, { argv: ['--constraints', 'max-words=1'] });
  expect(again.code).not.toBe(0);
});

test('a perplexity constraint asks the masked language model of an attack that asks it for nothing else', async () => {
  const set = await setUp();
  const folder = temporaryFolder();
  const { io, written } = memoryIo();
  const models = ['--model', set.model, '--mlm', set.model, '--test-file', set.file, '--output-dir', folder];
  const code = await main(
    ['attack', ...models, '--recipe', 'deepwordbug', '--constraints', 'perplexity=1.5', '--num-threads', '1'],
    io,
  );
  expect(code, written.stderr).toBe(0);
  expect(recordsOf(folder).every(({ status }) => status !== 'error')).toBe(true);
});
