import { expand, reduceSum } from '../../graph/ops/broadcast.ts';
import { concat } from '../../graph/ops/concat.ts';
import { scalar } from '../../graph/ops/constant.ts';
import { add, divide } from '../../graph/ops/elementwise.ts';
import { gemm } from '../../graph/ops/gemm.ts';
import { reduceMean } from '../../graph/ops/reduce.ts';
import { reshape } from '../../graph/ops/reshape.ts';
import { softmax } from '../../graph/ops/softmax.ts';
import { putAlong } from '../../graph/ops/take-along.ts';
import { takeRows } from '../../graph/ops/take-rows.ts';
import { elementsOf, multiplyDims } from '../../graph/shape.ts';
import type { Value } from '../../graph/value.ts';
import { hiddenStates } from '../../models/hidden-states.ts';
import { noDropout } from '../../nn/dropout.ts';
import type { BatchValues } from '../train-batch.ts';
import type { FrozenMaskedLm } from './feeds.ts';
import type { Mixture, VdaOptions } from './options.ts';

/** What a mixture is made from; N = k·batch·length. */
export interface MixtureInputs {
  readonly options: VdaOptions;
  /** Token embeddings M_E `[V, H]`. */
  readonly table: Value;
  readonly batch: BatchValues;
  /** Feeds of `vda-feeds.ts`. */
  readonly extra: Readonly<Record<string, Value>>;
  readonly maskedLm: FrozenMaskedLm | undefined;
}

/** Repeats a batch once for each virtual sample. */
export const stackSamples = (x: Value, { numVirtual }: VdaOptions): Value => repeatRows(x, numVirtual);

/** `times` copies of a value along its first axis. */
export const repeatRows = (x: Value, times: number): Value =>
  concat(
    Array.from({ length: times }, () => x),
    0,
  );

/** Eq. 4 and 5 of each mixture: the weights p′ and with them the mixed embeddings ê = p′ · M_E, `[N, H]`. */
export const mixtureOf = {
  /** p′ = softmax((log p + ε) / T) over the K likeliest tokens, spread over the batch's distinct candidates. */
  logit: ({ options, table, extra }) => {
    const { logProbabilities, candidates, distinct, noise } = extra;
    const rows = (x: Value) => reshape(x, [positionsOf(options), options.topK]);
    const logP = rows(stackSamples(logProbabilities!, options));
    const noisy = noise ? add(logP, rows(noise)) : logP;
    const weights = putAlong({
      ids: rows(stackSamples(candidates!, options)),
      values: softmax(divide(noisy, scalar(options.temperature))),
      columns: distinct!.shape[0]!,
    });
    return gemm(weights, takeRows(table, distinct!, { distinct: true }));
  },

  /** p′ = softmax(p + ε) over the whole vocabulary: Eq. 4 to the letter. */
  paper: (p) => wholeVocabulary(p, softmax(maskedLmLogits(p))),

  /** p′ = softmax(z / Σz + ε), z the raw logits, over the whole vocabulary: the published code. */
  official: (p) => {
    const z = maskedLmLogits(p);
    return wholeVocabulary(p, divide(z, reduceSum(z, { axes: [-1], keepDims: true })));
  },

  /** p′ = 1/V: a control without masked LM and noise. */
  mean: ({ options, table }) =>
    expand(reduceMean(table, { axes: [0], keepDims: true }), [positionsOf(options), table.shape[1]!]),

  /** One token: the likeliest (Table 4); the feeds pick it. */
  argmax: (p) => pickedToken(p),

  /** One token, drawn by its probability (Table 4); the feeds pick it. */
  sample: (p) => pickedToken(p),
} as const satisfies Record<Mixture, (p: MixtureInputs) => Value>;

const positionsOf = ({ numVirtual }: VdaOptions) => multiplyDims(numVirtual, 'batch', 'length');

/** softmax(scores + ε) · M_E, scores `[batch·length, V]`. */
function wholeVocabulary({ options, table, extra }: MixtureInputs, scores: Value): Value {
  const stacked = stackSamples(scores, options);
  const noisy = extra.noise ? add(stacked, reshape(extra.noise, stacked.shape)) : stacked;
  return gemm(softmax(noisy), table);
}

const pickedToken = ({ options, table, extra }: MixtureInputs): Value =>
  reshape(takeRows(table, extra.picked!), [positionsOf(options), table.shape[1]!]);

/** Eq. 2: logits z of the frozen masked LM on the unmasked texts, `[batch·length, V]`; p = softmax z. */
function maskedLmLogits({ maskedLm, batch, extra }: MixtureInputs): Value {
  const { architecture, config } = maskedLm!;
  const weights = Object.fromEntries(
    Object.entries(extra).flatMap(([name, value]) =>
      name.startsWith('mlm:') ? [[name.slice(4), value]] : [],
    ),
  );
  const options = { config, dropout: noDropout };
  const tokens = takeRows(weights[architecture.wordEmbeddingName]!, batch.ids);
  const hidden = hiddenStates(architecture, { weights, inputs: { ...batch, tokens }, ...options });
  const rows = reshape(hidden, [elementsOf(hidden.shape.slice(0, 2)), hidden.shape[2]!]);
  return architecture.maskedLm(weights, rows, options);
}
