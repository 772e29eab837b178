import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { sampleExamples } from '../../src/data/sample-examples.ts';

const dataset: Dataset = {
  examples: Array.from({ length: 100 }, (_, id) => ({ id, text: `text ${id}`, label: id % 2 })),
  labels: ['no', 'yes'],
  path: 'texts.tsv',
  sha256: '',
  columns: { text: 'text', label: 'label' },
  warnings: [],
};
const idsOf = (count: number) => sampleExamples(dataset, count).examples.map(({ id }) => id);

describe('sampleExamples', () => {
  it('draws the same distinct examples each time, in the order of the file', () => {
    const ids = idsOf(40);
    expect(ids).toHaveLength(40);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    // Of philox4x32; a change here would change which texts results are about.
    expect(idsOf(5)).toEqual([8, 12, 25, 48, 84]);
  });

  it('makes a smaller draw part of a larger one', () => {
    expect(new Set(idsOf(40))).toEqual(new Set([...idsOf(10), ...idsOf(40)]));
    expect(idsOf(10)).not.toEqual(idsOf(40).slice(0, 10));
  });

  it.each([0, 100, 101])('keeps all with %d', (count) =>
    expect(sampleExamples(dataset, count)).toBe(dataset),
  );

  it('refuses a draw of one class', () => {
    expect(() => sampleExamples(dataset, 1)).toThrow(
      /^texts\.tsv: the 1 examples drawn are all "(no|yes)"\. Draw more\.$/,
    );
  });
});
