import { expect, test } from 'vitest';
import { equalLengthBatches } from '../../src/inference/equal-length-batches.ts';

/** A text of so many tokens. */
const encoding = (length: number) => {
  const zeros = new Array<number>(length).fill(0);
  return { ids: zeros, typeIds: zeros, wordIds: zeros, textIds: zeros, truncated: false };
};
const batches = (lengths: readonly number[], options: { maxTokens: number; maxRows?: number }) =>
  equalLengthBatches(lengths.map(encoding), { padId: 0, ...options }).map(({ indices, inputs }) => ({
    indices,
    rows: inputs.ids.shape[0],
  }));

test('texts go together by length, longest first, a lone one twice', () => {
  expect(batches([2, 5, 2, 2], { maxTokens: 100 })).toEqual([
    { indices: [1], rows: 2 },
    { indices: [0, 2, 3], rows: 3 },
  ]);
});

test('two texts longer than the bound still share a batch, unless rows are bounded to one', () => {
  expect(batches([8, 8, 8, 8], { maxTokens: 10 })).toEqual([
    { indices: [0, 1], rows: 2 },
    { indices: [2, 3], rows: 2 },
  ]);
  expect(batches([8, 8], { maxTokens: 10, maxRows: 1 })).toEqual([
    { indices: [0], rows: 2 },
    { indices: [1], rows: 2 },
  ]);
});
