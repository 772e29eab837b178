import { int64Tensor, type Tensor } from '../base/tensor.ts';
import type { ValueType } from '../graph/value.ts';
import type { TokenPlaces } from '../nn/packing.ts';

/** Types of the {@link TokenPlaces} of a batch. */
export const tokenPlaceSpecs = {
  rows: { dtype: 'int64', shape: ['tokens'] },
  positions: { dtype: 'int64', shape: ['tokens'] },
} as const satisfies Record<keyof TokenPlaces, ValueType>;

/** Tokens of each row of a batch padded on the right. Shape: attentionMask int64 `[batch, length]`. */
export function tokenCounts({ shape, data }: Tensor): readonly number[] {
  const [batch, length] = shape as [number, number];
  return Array.from({ length: batch }, (_, row) => {
    const seen = data.subarray(row * length, (row + 1) * length) as BigInt64Array;
    return seen.reduce((count, bit) => count + Number(bit), 0);
  });
}

/** Where the tokens of a batch are, and how many each row has. */
export function findTokens(attentionMask: Tensor): {
  readonly places: Readonly<Record<keyof TokenPlaces, Tensor<'int64'>>>;
  readonly lengths: readonly number[];
} {
  const lengths = tokenCounts(attentionMask);
  const rows = lengths.flatMap((count, row) => Array<number>(count).fill(row));
  const positions = lengths.flatMap((count) => [...Array(count).keys()]);
  const tensorOf = (values: readonly number[]) => int64Tensor([values.length], values);
  return { places: { rows: tensorOf(rows), positions: tensorOf(positions) }, lengths };
}
