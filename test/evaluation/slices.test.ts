import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthRanges, slices } from '../../src/evaluation/slices.ts';
import { makeRecord } from './make-record.ts';

describe('lengthRanges', () => {
  it('cuts at the quartiles', () => {
    expect(lengthRanges([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
  });

  it('makes fewer ranges of few lengths', () => {
    expect(lengthRanges([5, 5, 5])).toEqual([[5, 5]]);
    expect(lengthRanges([])).toEqual([]);
  });

  it('covers every length exactly once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (counts) => {
        const ranges = lengthRanges(counts);
        return counts.every(
          (count) => ranges.filter(([from, to]) => from <= count && count <= to).length === 1,
        );
      }),
    );
  });
});

describe('slices', () => {
  it('has the records of each length and class', () => {
    const found = slices([
      makeRecord({ id: 0, status: 'failed', words: 3 }),
      makeRecord({ id: 1, status: 'success', words: 9, label: 'bad' }),
    ]);
    expect(found.map(({ by, name, records }) => [by, name, records.map(({ id }) => id)])).toEqual([
      ['words', '3 words', [0]],
      ['words', '9 words', [1]],
      ['class', 'good', [0]],
      ['class', 'bad', [1]],
    ]);
  });
});
