import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { withAdversarialExamples } from '../../src/augmentation/adversarial-examples.ts';
import { withStaticAdversaries } from '../../src/augmentation/static-ada.ts';
import { resultLine } from '../../src/runs/results-file.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyDataset } from '../training/tiny-fine-tune.ts';

const record = (id: number, more: Partial<AttackRecord> = {}): AttackRecord => ({
  ...{
    id,
    status: 'success',
    label: 'negative',
    originalPrediction: 'negative',
    finalPrediction: 'positive',
  },
  ...{ originalProbabilities: [0.9, 0.1], finalProbabilities: [0.4, 0.6], text: 'a bad film' },
  ...{ adversarialText: `a poor film ${id}`, changes: [], words: 3, queries: 9, seconds: 0.1 },
  ...more,
});

function fileOf(records: readonly AttackRecord[], rest = ''): string {
  const path = join(temporaryFolder(), 'results.jsonl');
  writeFileSync(path, records.map(resultLine).join('') + rest);
  return path;
}

describe('withAdversarialExamples', () => {
  it('adds successes under their true labels, numbered on, and nothing else', () => {
    const first = fileOf([record(4), record(1, { status: 'failed' }), record(2, { label: 'positive' })]);
    const second = fileOf([record(0, { text: 'of two', textPair: 'a bad film' })]);
    const { examples } = withAdversarialExamples(tinyDataset, [first, second]);
    expect(examples.slice(0, 10)).toEqual(tinyDataset.examples);
    expect(examples.slice(10)).toEqual([
      { id: 10, text: 'a poor film 2', label: 1 },
      { id: 11, text: 'a poor film 4', label: 0 },
      { id: 12, text: 'of two', textPair: 'a poor film 0', label: 0 },
    ]);
  });

  it('gives added texts no id of a sampled one', () => {
    const sampled = { ...tinyDataset, examples: tinyDataset.examples.slice(7) };
    const { examples } = withAdversarialExamples(sampled, [fileOf([record(4)])]);
    expect(examples.map(({ id }) => id)).toEqual([7, 8, 9, 10]);
  });

  it('says how many are on texts that are not among those given', () => {
    const own = record(1, { text: tinyDataset.examples[0]!.text });
    expect(withAdversarialExamples(tinyDataset, [fileOf([own])]).warnings).toEqual(tinyDataset.warnings);
    const file = fileOf([own, record(4), record(5, { status: 'failed' })]);
    expect(withAdversarialExamples(tinyDataset, [file]).warnings.at(-1)).toMatch(
      /results\.jsonl: 1 of 2 successes are on texts that are not among the 10 of /,
    );
  });

  it.each([
    ['a folder', () => temporaryFolder(), /is a folder.*results\.jsonl in it/],
    ['no file', () => '/nowhere/results.jsonl', /no results of an attack at/],
    ['an empty file', () => fileOf([]), /holds no results/],
    ['a file cut short', () => fileOf([record(1)], '{"id": 2'), /has lines that are no results, 1 in all/],
    ['another label', () => fileOf([record(1, { label: 'neutral' })]), /label "neutral".*negative, positive/],
  ])('refuses %s', (_, file, message) => {
    expect(() => withAdversarialExamples(tinyDataset, [file()])).toThrow(message);
  });
});

it('withStaticAdversaries takes what a resumed run has found, and attacks nothing', async () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'static.jsonl'),
    [record(4), record(1, { status: 'failed' })].map(resultLine).join(''),
  );
  const said: string[] = [];
  const { examples } = await withStaticAdversaries(tinyDataset, {
    ...{ model: '/nowhere', folder, count: 2, seed: 1, maxLength: 16, runtime: {}, resumed: true },
    recipe: 'bert-attack',
    maskedLm: () => Promise.reject(new Error('asked')),
    say: (line) => said.push(line),
  });
  expect(examples.slice(10)).toEqual([{ id: 10, text: 'a poor film 4', label: 0 }]);
  expect(said).toEqual(['1 of 2 training texts fool /nowhere and are added.']);
});
