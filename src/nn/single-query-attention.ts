import { reduceSum } from '../graph/ops/broadcast.ts';
import { add, multiply } from '../graph/ops/elementwise.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { softmax } from '../graph/ops/softmax.ts';
import { transpose } from '../graph/ops/transpose.ts';
import type { Value } from '../graph/value.ts';
import type { AttentionOptions } from './attention.ts';

interface SingleQueryOptions extends Omit<AttentionOptions, 'keys' | 'values' | 'packing'> {
  /** What keys and values are made from, x `[R, T, H]`. */
  readonly states: Value;
  /** W_k `[H, H]`. A bias would add the same to all scores of a query, which softmax does not see. */
  readonly keyWeight: Value;
  /** W_v `[H, H]` and b_v `[H]`. */
  readonly value: { readonly weight: Value; readonly bias: Value };
}

/**
 * Multi-head attention of one query a row, with neither key nor value worked out for any token: the query is brought to the
 * states, and the states' mean to the values.
 *
 *     q·(W_k·x_t + b_k) = (W_kᵀ·q)·x_t + q·b_k,   Σ_t a_t·(W_v·x_t + b_v) = W_v·(Σ_t a_t·x_t) + b_v·Σ_t a_t
 *
 * for each head, with its rows of W_k and W_v; a are the weights of {@link attention} after dropout. For T tokens 2·T·H²
 * multiplications become 2·H² + 2·heads·T·H.
 *
 * Shapes: query `[R, 1, H]` → `[R, 1, H]`.
 */
export function singleQueryAttention(query: Value, options: SingleQueryOptions): Value {
  const { states, keyWeight, value, heads, maskBias, dropout, site, probability } = options;
  const [rows, length, hidden] = states.shape as [string, string, number];
  const size = hidden / heads;
  const swap = (x: Value) => transpose(x, [1, 0, 2]); // `[R, heads, …]` and `[heads, R, …]`

  const queries = swap(reshape(query, [rows, heads, size]));
  const towardsStates = swap(matmul(queries, reshape(keyWeight, [heads, size, hidden])));
  const scores = matmul(towardsStates, states, { transposeB: true, alpha: 1 / Math.sqrt(size) });
  const masked = add(reshape(scores, [rows, heads, 1, length]), maskBias);
  const weights = reshape(dropout(softmax(masked), { site, probability }), [rows, heads, length]);

  const mean = matmul(weights, states); // [R, heads, H]
  const mapped = matmul(swap(mean), reshape(value.weight, [heads, size, hidden]), { transposeB: true });
  const shares = reduceSum(weights, { axes: [-1], keepDims: true }); // 1 but for dropout
  const context = add(swap(mapped), multiply(shares, reshape(value.bias, [heads, size])));
  return reshape(context, [rows, 1, hidden]);
}
