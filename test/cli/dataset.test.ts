import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

const sentence = [
  'a great film',
  'it was lovely',
  'fine cast',
  'nice score',
  'this is dull',
  'so bad',
  'poor plot',
];
const table = (rows: readonly (readonly [string, number])[]) =>
  `label\ttext\n${rows.map(([text, label]) => `${label}\t${text}\n`).join('')}`;

const run = async (...argv: readonly string[]) => {
  const { io, written } = memoryIo();
  const code = await main([...argv, '--num-threads', '1'], io);
  return { code, stdout: written.stdout, stderr: written.stderr.replace(/\s+/g, ' ') };
};

/** A tiny model, and the three splits of `mr` as `data/mr/*.tsv`, with texts that occur twice. */
function setUp() {
  const { folder, model, argv, trainFile } = tinyTraining();
  const dataDir = join(folder, 'data');
  mkdirSync(join(dataDir, 'mr'), { recursive: true });
  const rows = sentence.map((text, i) => [text, i < 4 ? 1 : 0] as const);
  const write = (split: string, own: typeof rows) =>
    writeFileSync(join(dataDir, 'mr', `${split}.tsv`), table(own));
  write('train', [...rows, rows[0]!]);
  write('dev', [rows[1]!, ['not so good', 0]]);
  write('test', [
    ['a joke', 0],
    ['very fine', 1],
    [`good ${'film '.repeat(30)}`, 1],
  ]);
  const named = ['--dataset', 'mr', '--data-dir', dataDir];
  const train = ['train', '--model', model, '--num-train-epochs', '1', ...named];
  return { folder, model, named, train, argv, trainFile };
}

describe('--dataset', () => {
  test('trains on train, chooses by dev and reports on test, and says what is odd about them', async () => {
    const { folder, train, named } = setUp();
    const outputDir = join(folder, 'run');
    const { code, stdout, stderr } = await run(...train, '--output-dir', outputDir);
    expect(code, stderr).toBe(0);
    expect(Object.keys(JSON.parse(stdout))).toEqual(
      expect.arrayContaining(['validationAccuracy', 'testAccuracy']),
    );
    expect(stderr).toContain(
      'train.tsv: 8 examples; columns: text "text", label "label" (0 = negative: 3, 1 = positive: 5)',
    );
    expect(stderr).toContain('train has 8 examples, in Table 1 of the VDA paper it has 8595.');
    expect(stderr).toContain('train texts: 1 of 8 repeat an earlier one.');
    expect(stderr).toContain('validation texts: 1 of 2 are also in train texts.');
    expect(stderr).toContain('1 of 3 test texts are cut to 20 tokens.');
    const { options, data } = JSON.parse(readFileSync(join(outputDir, 'run.json'), 'utf8'));
    expect(options).toMatchObject({ dataset: 'mr', maxSeqLength: 256, labels: ['negative', 'positive'] });
    expect(Object.keys(data)).toEqual(['trainFile', 'validationFile', 'testFile']);
    expect(readFileSync(join(outputDir, 'README.md'), 'utf8')).toContain('mr');

    const evaluated = await run('eval', '--model', outputDir, ...named, '--json');
    expect(JSON.parse(evaluated.stdout).accuracy.value).toBeCloseTo(JSON.parse(stdout).testAccuracy, 6);
    const output = ['--output-dir', join(folder, 'attack')];
    const attacked = await run('attack', '--model', outputDir, ...named, ...output);
    expect(attacked.code, attacked.stderr).toBe(0);
    expect(attacked.stderr).toContain('1 of 3 attacked texts are cut to 20 tokens.');
    expect(attacked.stdout).toContain('3 examples');
  });

  test('gives way to a file, a length and labels that are given, and says so', async () => {
    const { folder, train, trainFile } = setUp();
    const given = ['--test-file', trainFile, '--max-seq-length', '16', '--labels', 'positive', 'negative'];
    const { code, stderr } = await run(...train, ...given, '--output-dir', join(folder, 'run'));
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`--test-file ${trainFile} is read in place of the test texts of --dataset mr.`);
    expect(stderr).toContain('--max-seq-length is 16 in place of 256, that of --dataset mr.');
    expect(stderr).toContain('--labels positive negative are used in place of negative positive');
    expect(stderr).toContain(
      'train.tsv: 8 examples; columns: text "text", label "label" (0 = positive: 5, 1 = negative: 3)',
    );
  });

  test('matches a model of other class names by number, aloud', async () => {
    const { folder, argv, named, trainFile } = setUp();
    const renamed = join(folder, 'renamed.tsv');
    writeFileSync(
      renamed,
      readFileSync(trainFile, 'utf8').replaceAll('positive', 'yes').replaceAll('negative', 'no'),
    );
    await run(...argv('run', '--train-file', renamed));
    const { code, stderr } = await run('eval', '--model', join(folder, 'run'), ...named);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('classes matched by their numbers: negative = no, positive = yes.');
  });

  test('says what it looked for where the folder has nothing of the kind', async () => {
    const { folder, model } = setUp();
    const named = ['--dataset', 'qnli', '--data-dir', join(folder, 'data')];
    const { code, stderr } = await run(
      'train',
      '--model',
      model,
      ...named,
      '--output-dir',
      join(folder, 'run'),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/Data set qnli: no train texts in .* or GLUE's train\.tsv/);
  });
});
