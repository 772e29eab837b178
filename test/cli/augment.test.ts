import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { loadDataset } from '../../src/data/load-dataset.ts';
import { resultLine } from '../../src/runs/results-file.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { cachedDataFile } from '../pretrained/cached-data-file.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';

async function augment(...argv: readonly string[]) {
  const folder = temporaryFolder();
  const [input, output] = [join(folder, 'in.tsv'), join(folder, 'out.tsv')];
  writeFileSync(input, 'label\ttext\ngood\ta good film\nbad\tthe plot is very bad\n');
  const { io, written } = memoryIo();
  const code = await main(['augment', '--input-file', input, '--output-file', output, ...argv], io);
  return { code, ...written, output };
}

describe('vda augment', () => {
  test('writes misspelt variants beside the texts, each after its own', async () => {
    const run = await augment('--method', 'misspellings', '--transformations-per-example', '2');
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toBe(`4 variants, beside 2 texts: ${run.output}\n`);
    const { examples, labels } = loadDataset(run.output);
    expect(examples.map(({ label }) => labels[label])).toEqual(['good', 'good', 'good', 'bad', 'bad', 'bad']);
    expect(examples[0]!.text).toBe('a good film');
  });

  test('reads a file of the hub', async () => {
    const { address, env } = cachedDataFile('label\ttext\ngood\ta good film\nbad\tthe plot is very bad\n');
    const output = join(temporaryFolder(), 'out.tsv');
    const { io, written } = memoryIo({ env });
    const argv = ['--input-file', address, '--output-file', output, '--method', 'misspellings'];
    expect(await main(['augment', ...argv], io), written.stderr).toBe(0);
    expect(loadDataset(output).examples).toHaveLength(4);
  });

  test('asks a masked language model, without a classifier', async () => {
    const model = writeWholeModel(temporaryFolder());
    const argv = ['--method', 'masked-lm', '--mlm', model, '--num-threads', '1', '--pct-words-to-swap', '1'];
    const run = await augment(...argv);
    expect(run.code, run.stderr).toBe(0);
    const texts = loadDataset(run.output).examples.map(({ text }) => text);
    expect(texts).toEqual(['a good film', 'a great film', 'the plot is very bad', 'the plot is very awful']);
  });

  test('writes what fooled a model, alone', async () => {
    const results = join(temporaryFolder(), 'results.jsonl');
    const record = makeRecord({
      id: 0,
      status: 'success',
      text: 'a good film',
      adversarialText: 'a decent film',
    });
    writeFileSync(results, resultLine(record) + resultLine(makeRecord({ id: 1, status: 'failed' })));
    const run = await augment('--method', 'adversarial', '--results', results, '--exclude-original');
    expect(run.code, run.stderr).toBe(0);
    expect(readFileSync(run.output, 'utf8')).toBe('label\ttext\ngood\ta decent film\n');
  });

  test('does not write over the results that it reads', async () => {
    const results = join(temporaryFolder(), 'results.jsonl');
    writeFileSync(results, resultLine(makeRecord({ id: 0, status: 'success', text: 'a good film' })));
    const before = readFileSync(results, 'utf8');
    const run = await augment('--method', 'adversarial', '--results', results, '--output-file', results);
    expect([run.code, run.stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      2,
      expect.stringMatching(/--output-file .* is the file of --results, which would be replaced/),
    ]);
    expect(readFileSync(results, 'utf8')).toBe(before);
  });

  test('refuses a file that could not hold the variants before it makes them', async () => {
    const folder = temporaryFolder();
    const input = join(folder, 'in.jsonl');
    writeFileSync(input, '{"label": "good", "text": "two\\nlines"}\n{"label": "bad", "text": "one"}\n');
    const method = ['--method', 'masked-lm', '--mlm', join(folder, 'none')]; // which would be opened first
    const said = async (output: string) => {
      const { io, written } = memoryIo();
      await main(['augment', '--input-file', input, '--output-file', join(folder, output), ...method], io);
      return written.stderr.replaceAll(/\s+/g, ' ');
    };
    expect(await said('out.csv')).toContain('expected a name that ends with .tsv or .jsonl');
    expect(await said('out.tsv')).toContain("holds a tab or a line's end, which .tsv cannot");
    expect(await said('.')).toContain('is a folder');
  });

  test('says where results are on other texts', async () => {
    const results = join(temporaryFolder(), 'results.jsonl');
    const other = makeRecord({ id: 0, status: 'success', text: 'another film', adversarialText: 'a film' });
    writeFileSync(results, resultLine(other));
    const run = await augment('--method', 'adversarial', '--results', results);
    expect(run.stderr.replaceAll(/\s+/g, ' ')).toContain(
      '1 of 1 successes are on texts that are not among the 2',
    );
  });

  test('refuses what the method does not read, or lacks', async () => {
    const unread = await augment('--method', 'synonyms', '--mlm', 'x');
    expect([unread.code, unread.stderr]).toEqual([
      2,
      expect.stringContaining('--mlm has no effect with --method synonyms'),
    ]);
    expect((await augment('--method', 'adversarial')).stderr).toContain(
      '--results is required with --method adversarial',
    );
  });
});
