import { expand } from '../../graph/ops/broadcast.ts';
import { scalar } from '../../graph/ops/constant.ts';
import { add, multiply } from '../../graph/ops/elementwise.ts';
import { gemm } from '../../graph/ops/gemm.ts';
import { reduceMean } from '../../graph/ops/reduce.ts';
import { reshape } from '../../graph/ops/reshape.ts';
import { takeRows } from '../../graph/ops/take-rows.ts';
import { where } from '../../graph/ops/where.ts';
import { type Dim, elementsOf } from '../../graph/shape.ts';
import type { Value } from '../../graph/value.ts';
import { repeatRows } from '../copies.ts';
import { maskedLmFeed } from './feeds.ts';
import type { VdaInputs } from './inputs.ts';
import type { MixtureWeights } from './mixture-weights.ts';
import { mixesMaskedLmTable } from './options.ts';

/**
 * Eq. 5 (Algorithm 1, line 10): virtual embeddings ê = p′ · M_E at every position of all k samples. With `interpolation` w they
 * are w·e + (1 − w)·ê; special tokens and padding keep e unless they are to be mixed.
 *
 * Shapes: `[k·batch, T, H]`.
 */
export function virtualEmbeddings(vda: VdaInputs, weights: MixtureWeights): Value {
  const { options, inputs } = vda;
  const original = repeatRows(inputs.tokens, options.numVirtual);
  const positions = elementsOf(original.shape.slice(0, 2));
  const mixed = reshape(product(weights, { table: embeddingTable(vda), positions }), original.shape);
  const own = options.interpolation;
  const blended = own === 0 ? mixed : add(multiply(scalar(own), original), multiply(scalar(1 - own), mixed));
  const here = repeatRows(inputs.extra.mixed!, options.numVirtual);
  return where(reshape(here, [...here.shape, 1]), { whenTrue: blended, whenFalse: original });
}

/** M_E `[V, H]`: the classifier's, which is trained (published code), or the masked LM's (paper). */
function embeddingTable({ options, sources: { maskedLm }, setup, inputs }: VdaInputs): Value {
  return mixesMaskedLmTable(options) && maskedLm
    ? inputs.extra[maskedLmFeed(maskedLm.architecture.wordEmbeddingName)]!
    : inputs.weights[setup.architecture.wordEmbeddingName]!;
}

/** p′ · M_E, `[N, H]`, without the tokens that have no weight. */
function product(
  weights: MixtureWeights,
  { table, positions }: { readonly table: Value; readonly positions: Dim },
): Value {
  switch (weights.over) {
    case 'candidates':
      return gemm(weights.weights, takeRows(table, weights.tokens, { distinct: true }));
    case 'vocabulary':
      return gemm(weights.weights, table);
    case 'one token':
      return takeRows(table, weights.token);
    case 'all alike':
      return expand(reduceMean(table, { axes: [0], keepDims: true }), [positions, table.shape[1]!]);
  }
}
