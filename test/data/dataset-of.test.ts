import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetIdentity } from '../../src/data/dataset-identity.ts';
import { datasetOf, type LabelledText } from '../../src/data/dataset-of.ts';
import { loadDataset } from '../../src/data/load-dataset.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

const texts: readonly LabelledText[] = [
  { text: 'a good film', label: 'positive' },
  { text: 'a bad film', label: 'negative' },
  { text: 'bad', label: 'negative' },
];

describe('datasetOf', () => {
  it('is what a file of the same texts gives, to its identity', () => {
    const path = join(temporaryFolder(), 'texts.jsonl');
    writeFileSync(path, texts.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const [made, read] = [datasetOf(texts), loadDataset(path)];
    const { path: _path, sha256: _sha256, ...parts } = read;
    expect(made).toMatchObject(parts);
    expect(datasetIdentity(made)).toEqual(datasetIdentity(read));
    expect(made.path).toBe('texts');
  });

  it('takes class numbers, names in a given order, pairs and any iterable', () => {
    const numbers = datasetOf([
      { text: 'a', label: 10 },
      { text: 'b', label: 9 },
    ]);
    expect(numbers.labels).toEqual(['9', '10']);
    const given = datasetOf(new Set(texts), { labels: ['positive', 'negative'], name: 'mine' });
    expect(given).toMatchObject({ labels: ['positive', 'negative'], path: 'mine' });
    expect(given.examples.map(({ id, label }) => [id, label])).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
    ]);
    const pairs = datasetOf([
      { text: 'a', textPair: 'b', label: 0 },
      { text: 'c', textPair: 'd', label: 1 },
    ]);
    expect(pairs.columns).toEqual({ text: 'text', textPair: 'textPair', label: 'label' });
    expect(pairs.examples[1]).toEqual({ id: 1, text: 'c', textPair: 'd', label: 1 });
  });

  it('has a hash that any change of text, order or class changes', () => {
    const hashOf = (rows: readonly LabelledText[]) => datasetOf(rows).sha256;
    const hashes = [
      hashOf(texts),
      hashOf([...texts].reverse()),
      hashOf(texts.map((one) => ({ ...one, text: one.text.toUpperCase() }))),
      hashOf(texts.map((one, i) => ({ ...one, label: i === 0 ? 'negative' : 'positive' }))),
    ];
    expect(new Set(hashes).size).toBe(4);
    expect(hashOf([...texts])).toBe(hashes[0]);
  });

  it.each<[string, () => unknown, string, string]>([
    ['no texts', () => datasetOf([]), 'bad-input', 'datasetOf: texts is empty: there are no texts.'],
    [
      'a path',
      () => datasetOf('a.tsv' as never),
      'usage',
      "texts: expected a list of { text, label }, got 'a.tsv'",
    ],
    [
      'no label',
      () => datasetOf([texts[0]!, { text: 'b' } as never]),
      'usage',
      "text 1: expected { text, label }, got { text: 'b', label: undefined }.",
    ],
    [
      'half a pair',
      () => datasetOf([{ ...texts[0]!, textPair: 'b' }, texts[1]!]),
      'usage',
      'text 1: expected { text, textPair, label }, as text 0 is, got',
    ],
    [
      'another class',
      () => datasetOf(texts, { labels: ['Positive', 'negative'] }),
      'bad-input',
      'texts, text 0: label "positive" is not one of "Positive", "negative".',
    ],
  ])('refuses %s', (_, call, code, message) => {
    expect(call).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});
