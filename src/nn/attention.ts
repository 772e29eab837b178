import { add } from '../graph/ops/elementwise.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { softmax } from '../graph/ops/softmax.ts';
import { transpose } from '../graph/ops/transpose.ts';
import type { Value } from '../graph/value.ts';
import type { Dropout } from './dropout.ts';
import { type Packing, packHeads, unpackHeads } from './packing.ts';

export interface AttentionOptions {
  readonly keys: Value;
  readonly values: Value;
  readonly heads: number;
  /** Added to the scores: 0 where a key may be seen, a large negative number where not; `[R, 1, 1, T]`. */
  readonly maskBias: Value;
  readonly dropout: Dropout;
  readonly site: string;
  readonly probability: number;
  /** How queries, keys and values are packed, where they are. */
  readonly packing?: Packing | undefined;
}

/**
 * Multi-head scaled dot-product attention.
 *
 *     softmax(Q·Kᵀ/√d + bias)·V   for each head, heads side by side
 *
 * Shapes: queries `[R, Q, H]`, keys and values `[R, T, H]`, d = H / heads → `[R, Q, H]`. All of them
 * `[P, H]` with a packing.
 * Source: Vaswani et al. 2017 (arXiv:1706.03762) Eq. 1; dropout on the weights as in Hugging Face BERT.
 */
export function attention(queries: Value, options: AttentionOptions): Value {
  const { keys, values, heads, maskBias, dropout, site, probability, packing } = options;
  const hidden = queries.shape.at(-1) as number;
  const size = hidden / heads;
  const split = (x: Value) =>
    packing
      ? unpackHeads(x, packing)
      : transpose(reshape(x, [x.shape[0]!, x.shape[1]!, heads, size]), [0, 2, 1, 3]);

  const scores = matmul(split(queries), split(keys), { transposeB: true, alpha: 1 / Math.sqrt(size) });
  const weights = dropout(softmax(add(scores, maskBias)), { site, probability });
  const mixed = matmul(weights, split(values)); // [R, heads, Q, d]
  if (packing) return packHeads(mixed, packing);
  return reshape(transpose(mixed, [0, 2, 1, 3]), [queries.shape[0]!, queries.shape[1]!, hidden]);
}
