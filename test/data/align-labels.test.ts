import { describe, expect, it } from 'vitest';
import { alignLabels } from '../../src/data/align-labels.ts';
import type { Dataset } from '../../src/data/dataset.ts';

const data: Dataset = {
  examples: [
    { id: 0, text: 'bad', label: 0 },
    { id: 1, text: 'good', label: 1 },
  ],
  labels: ['negative', 'positive'],
  path: 'x.tsv',
  sha256: 'ab12',
  columns: { text: 'text', label: 'label' },
  warnings: [],
};
const classes = (labels: readonly string[]) => alignLabels(data, labels).examples.map(({ label }) => label);

describe('alignLabels', () => {
  it('goes by names where the list has them all, in any order and among others', () => {
    expect(classes(['negative', 'positive'])).toEqual([0, 1]);
    expect(classes(['positive', 'negative'])).toEqual([1, 0]);
    expect(classes(['positive', 'neutral', 'negative'])).toEqual([2, 0]);
    expect(alignLabels(data, ['positive', 'negative']).warnings).toEqual([]);
  });

  it('goes by number where no name is shared, and says so', () => {
    const { labels, warnings } = alignLabels(data, ['LABEL_0', 'LABEL_1']);
    expect(labels).toEqual(['LABEL_0', 'LABEL_1']);
    expect(classes(labels)).toEqual([0, 1]);
    expect(warnings).toEqual([
      'x.tsv: classes matched by their numbers: negative = LABEL_0, positive = LABEL_1.',
    ]);
  });

  it('goes by names that differ in spelling, whatever their order, and says so', () => {
    expect(classes(['POSITIVE', 'NEGATIVE'])).toEqual([1, 0]);
    expect(classes(['Positive ', 'neutral', 'negative'])).toEqual([2, 0]);
    expect(alignLabels(data, ['POSITIVE', 'NEGATIVE']).warnings).toEqual([
      'x.tsv: classes matched by names that differ in spelling: negative = NEGATIVE, positive = POSITIVE.',
    ]);
    const signs = alignLabels({ ...data, labels: ['1', '2'] }, ['-1', '-2']).examples;
    expect(signs.map(({ label }) => label)).toEqual([0, 1]); // by number: −1 is no spelling of 1
    expect(() => classes(['Negative', 'negative ', 'positive'])).toThrow(/are expected/);
  });

  it.each([
    ['another number of classes', ['a', 'b', 'c']],
    ['some names but not all', ['negative', 'neutral']],
  ])('refuses %s', (_, labels) => {
    expect(() => alignLabels(data, labels)).toThrow(/"negative", "positive", but .* are expected/);
  });
});
