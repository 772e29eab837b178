import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import { tooManyTokens, writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';

const rows = [
  ['a good film', 0],
  ['the plot is bad', 1],
  ['very dull', 2],
  ['', 1],
  ['so sad', 0],
] as const;

/** A model and a data file; `lines` replaces the rows. */
function setUp(lines?: readonly string[]) {
  const model = writeWholeModel(temporaryFolder());
  const file = join(temporaryFolder(), 'test.tsv');
  const table = lines ?? ['label\ttext', ...rows.map(([text, label]) => `${label}\t${text}`)];
  writeFileSync(file, table.map((line) => `${line}\n`).join(''));
  return { model, file };
}

async function run(argv: readonly string[], overrides: Partial<Io> = {}) {
  const { io, written } = memoryIo(overrides);
  return { code: await main(['eval', '--num-threads', '1', ...argv], io), ...written };
}

describe('vda eval', () => {
  test('prints accuracy with its interval, and says columns and labels', async () => {
    const { model, file } = setUp();
    const { code, stdout, stderr } = await run(['--model', model, '--test-file', file]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^Accuracy {2}\d+\.0 % \[\d+\.\d, \d+\.\d\] {2}\(\d of 5;/);
    expect(stdout).toMatch(/LABEL_2 +.* 1\n/); // one example
    expect(stderr).toContain('text "text", label "label" (0 = LABEL_0: 2, 1 = LABEL_1: 2, 2 = LABEL_2: 1)');
    expect(stderr).toContain('labels taken as class numbers');
    expect(stderr).toContain('1 empty texts');
  });

  test('measures a classifier under noise: without any it is the classifier itself, and the noise is recorded', async () => {
    const { model, file } = setUp();
    const figures = async (...argv: readonly string[]) => {
      const { code, stdout, stderr } = await run(['--model', model, '--test-file', file, '--json', ...argv]);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout);
    };
    const plain = await figures();
    const unchanged = await figures('--smoothing', 'mask', '--smoothing-rate', '0', '--votes', '3');
    expect(unchanged.accuracy).toEqual(plain.accuracy);
    expect(unchanged.loss).toBeCloseTo(plain.loss, 6);
    const folder = join(temporaryFolder(), 'eval');
    const noisy = ['--smoothing', 'synonyms', '--votes', '4', '--smoothing-seed', '3'];
    const measured = await figures(...noisy, '--output-dir', folder);
    expect(measured).toEqual(await figures(...noisy));
    const { options } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
    expect(options).toMatchObject({ smoothing: 'synonyms', votes: 4, smoothingSeed: 3 });
  });

  test('tells how to name the classes of a model that has no names for them, and takes the names', async () => {
    const { model, file } = setUp(['label\ttext', 'bad\tso sad', 'good\ta good film', 'so-so\tvery dull']);
    const given = ['--model', model, '--test-file', file];
    const plain = await run(given);
    expect(plain.code).toBe(1);
    expect(plain.stderr.replace(/\n/g, ' ')).toMatch(
      /line 2: label "bad" is not one of "LABEL_0", "LABEL_1", "LABEL_2"\. .*in their order \(--labels\)/,
    );
    const named = await run([...given, '--labels', 'good', 'bad', 'so-so']);
    expect(named.code, named.stderr).toBe(0);
    expect(named.stderr).toContain(
      'classes matched by their numbers: good = LABEL_0, bad = LABEL_1, so-so = LABEL_2.',
    );
    expect(named.stderr).toContain('(0 = LABEL_0: 1, 1 = LABEL_1: 1, 2 = LABEL_2: 1)');
  });

  test('names the flag of a column that is not there', async () => {
    const { model, file } = setUp();
    const { code, stderr } = await run(['--model', model, '--test-file', file, '--label-column', 'stars']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/has no column "stars"\s\(--label-column\)/);
  });

  test('says that the predictions are nearly all one class', async () => {
    const { model, file } = setUp([
      'label\ttext',
      ...[0, 1, 2].flatMap((c) => Array(4).fill(`${c}\tthe film`)),
    ]);
    const { stderr, stdout } = await run(['--model', model, '--test-file', file, '--json']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /Mind: predictions are nearly all one class \(LABEL_\d for 100\.0 % of 12 texts, where 33\.3 % are\)/,
    );
    expect(JSON.parse(stdout).problem.kind).toBe('one class');
  });

  test('prints JSON, and keeps figures and predictions in a folder, whatever the batch size', async () => {
    const { model, file } = setUp();
    const folder = temporaryFolder();
    const all = ['--model', model, '--test-file', file, '--json'];
    const { stdout } = await run([...all, '--output-dir', folder]);
    const metrics = JSON.parse(stdout);
    expect(metrics.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(5);
    expect(JSON.parse(readFileSync(join(folder, 'eval.json'), 'utf8'))).toEqual(metrics);
    const lines = readFileSync(join(folder, 'predictions.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l));
    expect(lines.map(({ id, label }) => [id, label])).toEqual(rows.map(([, c], id) => [id, `LABEL_${c}`]));
    const right = lines.filter(({ label, prediction }) => label === prediction).length;
    expect(metrics.accuracy.value).toBe(right / 5);
    expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toMatchObject({ command: 'eval' });
    expect((await run([...all, '--per-device-eval-batch-size', '1'])).stdout).toBe(stdout);
  });

  test('refuses a file for a folder before it asks, and prints the figures where they cannot be written', async () => {
    const { model, file } = setUp();
    const asked = ['--model', model, '--test-file', file];
    const refused = await run([...asked, '--output-dir', file]);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('is a file; expected a folder.');
    const late = await run([...asked, '--output-dir', join(file, 'inside')]);
    expect([late.code, late.stdout]).toEqual([1, expect.stringMatching(/^Accuracy /)]);
  });

  test.each([
    ['a label outside the set', ['label\ttext', 'LABEL_7\tgood'], /line 2: label "LABEL_7" is not one of/],
    ['an empty file', [], /is empty/],
    ['a header without examples', ['label\ttext'], /has no examples/],
    ['escapes in a label', ['label\ttext', '\x1b[2J\u202e\tgood'], /label "\\u001b\[2J\\u202e"/],
  ])('%s is an error that shows nothing raw', async (_, lines, message) => {
    const { model, file } = setUp(lines);
    const { code, stdout, stderr } = await run(['--model', model, '--test-file', file]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.replace(/\n/g, ' ')).toMatch(message);
    expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  test.each([
    [
      'weights cut short',
      (folder: string) => truncateSync(join(folder, 'model.safetensors'), 5000),
      /model\.safetensors/,
    ],
    [
      'an unknown architecture',
      (folder: string) => writeFileSync(join(folder, 'config.json'), '{"model_type": "mamba"}'),
      /model_type is "mamba"/,
    ],
    [
      'a tokenizer larger than the embedding',
      (folder: string) => writeWholeModel(folder, tooManyTokens),
      /only 50 rows/,
    ],
  ])('%s is an error without a stack trace', async (_, spoil, message) => {
    const { model, file } = setUp();
    spoil(model);
    const { code, stderr } = await run(['--model', model, '--test-file', file]);
    expect(code).toBe(1);
    expect(stderr.replace(/\n/g, ' ')).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |--debug/);
  });

  test('a name on the hub without a network is an error that says what to do', async () => {
    const { file } = setUp();
    const env = { HF_HUB_OFFLINE: '1', HF_HOME: temporaryFolder() };
    const { code, stderr } = await run(['--model', 'owner/name', '--test-file', file], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('HF_HUB_OFFLINE');
  });
});
