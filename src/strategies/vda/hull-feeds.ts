import { int64Tensor, type Tensor, tensor } from '../../base/tensor.ts';
import type { Dim } from '../../graph/shape.ts';
import type { ValueType } from '../../graph/value.ts';
import type { Hulls } from './hulls.ts';

/** Types of points of hulls as programs are fed them, `rows` texts. */
export const hullSpecs = (rows: Dim) =>
  ({
    hullColumns: { dtype: 'int64', shape: [rows, 'length', 'candidates'] },
    hullWeights: { dtype: 'float32', shape: [rows, 'length', 'candidates'] },
    hullTokens: { dtype: 'int64', shape: ['distinct'] },
  }) as const satisfies Record<string, ValueType>;

/**
 * Points of hulls as programs are fed them: candidates as places among the batch's distinct ones, and their weights.
 * @param weights w_ij of each sample, `[rows, length, width]` each
 */
export function hullFeeds(
  hulls: Hulls,
  weights: readonly Float32Array[],
): Record<keyof ReturnType<typeof hullSpecs>, Tensor> {
  const { rows, length, width, tokens } = hulls;
  const distinct = [...new Set(tokens)];
  const columnOf = new Map(distinct.map((id, column) => [id, BigInt(column)]));
  const columns = BigInt64Array.from(tokens, (id) => columnOf.get(id)!);
  const shape = [weights.length * rows, length, width];
  const stacked = {
    columns: new BigInt64Array(weights.length * columns.length),
    weights: new Float32Array(weights.length * columns.length),
  };
  for (const [sample, one] of weights.entries()) {
    stacked.columns.set(columns, sample * columns.length);
    stacked.weights.set(one, sample * columns.length);
  }
  return {
    hullColumns: tensor('int64', shape, stacked.columns),
    hullWeights: tensor('float32', shape, stacked.weights),
    hullTokens: int64Tensor([distinct.length], distinct),
  };
}

/** The token with the most weight at each position, `[samples·rows, length]`: of vertices, the one that is taken. */
export function heaviestTokens(hulls: Hulls, weights: readonly Float32Array[]): Tensor {
  const { rows, length, width, tokens } = hulls;
  const picked = weights.flatMap((one) =>
    Array.from({ length: rows * length }, (_, place) => {
      const own = one.subarray(place * width, (place + 1) * width);
      return tokens[place * width + own.indexOf(Math.max(...own))]!;
    }),
  );
  return int64Tensor([weights.length * rows, length], picked);
}
