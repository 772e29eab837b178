import type { ModelConfig } from '../checkpoints/config.ts';
import { expand, reduceSum } from '../graph/ops/broadcast.ts';
import { concat } from '../graph/ops/concat.ts';
import { scalar } from '../graph/ops/constant.ts';
import { add, divide, multiply } from '../graph/ops/elementwise.ts';
import { gemm } from '../graph/ops/gemm.ts';
import { reduceMean } from '../graph/ops/reduce.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { slice } from '../graph/ops/slice.ts';
import { softmax } from '../graph/ops/softmax.ts';
import { stopGradient } from '../graph/ops/stop-gradient.ts';
import { putAlong } from '../graph/ops/take-along.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { where } from '../graph/ops/where.ts';
import { elementsOf, multiplyDims } from '../graph/shape.ts';
import type { Value } from '../graph/value.ts';
import type { Architecture, Weights } from '../models/architecture.ts';
import { type Dropout, noDropout } from '../nn/dropout.ts';
import { crossEntropy, symmetricKl } from '../nn/losses.ts';
import { compileStep } from './compile-step.ts';
import { encodeTokens } from './standard.ts';
import type { BatchValues, StrategySetup, TrainStep } from './strategy.ts';
import { createVdaFeeds, type VdaFeedSources, vdaSpecs } from './vda-feeds.ts';
import type { VdaOptions } from './vda-options.ts';

/**
 * Virtual Data Augmentation (Zhou et al., EMNLP 2021).
 *
 *     Eq. 2   p(ŵᵢ|S): the frozen masked LM's prediction at each position of the unmasked text
 *     Eq. 3   ε ~ N(0, σ²), drawn for each epoch, sample, position and candidate
 *     Eq. 4   p′ = softmax(p + ε)                     mixtures of this file: see {@link mixture}
 *     Eq. 5   ê = p′ · M_E
 *     Eq. 6   L_reg = 1/k Σ_j sKL(f(E), f(Ê_j))
 *     Eq. 7   L_c = mean cross-entropy of f(E)
 *     Eq. 1   L = L_c + λ·L_reg
 *
 * Departures. The paper's Eq. 4 takes softmax over probabilities, which is flat over a vocabulary of 30,522; the
 * default mixture takes it over log-probabilities of the top K candidates, which is what the paper's prose describes.
 * `paper` and `official` keep the equation, and the published code, to the letter. Special tokens and padding are left as
 * they are (the published code mixes them: `mixSpecialTokens`).
 */
export const vda = (
  setup: StrategySetup & { readonly vda: VdaOptions; readonly sources: VdaFeedSources },
): Promise<TrainStep> => {
  const { vda: options, sources, ...base } = setup;
  return compileStep({
    ...base,
    extraSpecs: vdaSpecs({ options, maskedLm: sources.maskedLm }),
    extraFeeds: createVdaFeeds({ options, sources, seed: base.seed }),
    objective: ({ weights, batch, extra, dropout }) => {
      const tokens = takeRows(weights[base.architecture.wordEmbeddingName]!, batch.ids);
      const virtual = virtualTokens({ setup: base, options, sources, weights, batch, extra, tokens });
      const { clean, virtuals } = predictBoth({
        setup: base,
        options,
        weights,
        batch,
        dropout,
        tokens,
        virtual,
      });
      const ce = crossEntropy(clean, batch.labels); // Eq. 7
      const reg = consistency({ options, clean, virtuals, labels: batch.labels, numLabels: base.numLabels }); // Eq. 6
      return { loss: add(ce, multiply(scalar(options.lambda), reg)), ce, reg }; // Eq. 1
    },
  });
};

interface VirtualInputs {
  readonly setup: Pick<StrategySetup, 'architecture' | 'config'>;
  readonly options: VdaOptions;
  readonly sources: VdaFeedSources;
  readonly weights: Weights;
  readonly batch: BatchValues;
  readonly extra: Readonly<Record<string, Value>>;
  /** Embeddings of the original tokens `[batch, length, H]`. */
  readonly tokens: Value;
}

/**
 * Virtual embeddings Ê_1 … Ê_k of a batch (Eq. 2 to 5), stacked `[k·batch, length, H]`: where `extra.mixed` holds, the
 * mixture (interpolated with the original by `options.interpolation`); elsewhere the original embedding.
 */
export function virtualTokens(p: VirtualInputs): Value {
  const { options, tokens, extra } = p;
  const stack = <T extends Value>(x: T) =>
    concat(
      Array.from({ length: options.numVirtual }, () => x),
      0,
    );
  const original = stack(tokens);
  const mixed = reshape(mixture(p), original.shape);
  const share = options.interpolation;
  const blended =
    share === 0 ? mixed : add(multiply(scalar(share), original), multiply(scalar(1 - share), mixed));
  const here = stack(extra.mixed!);
  return where(reshape(here, [...here.shape, 1]), { whenTrue: blended, whenFalse: original });
}

/** Eq. 4 and 5: token embeddings mixed by each mixture's weights; N = k·batch·length → `[N, H]`. */
function mixture(p: VirtualInputs): Value {
  const { options, extra, setup, weights, batch, sources } = p;
  const table =
    options.embeddingTable === 'mlm' && sources.maskedLm
      ? extra[`mlm:${sources.maskedLm.architecture.wordEmbeddingName}`]!
      : weights[setup.architecture.wordEmbeddingName]!;
  const count = multiplyDims(options.numVirtual, 'batch', 'length');
  const stack = (x: Value) =>
    concat(
      Array.from({ length: options.numVirtual }, () => x),
      0,
    );

  switch (options.mixture) {
    case 'logit': {
      // softmax((log p + ε) / T) over the K candidates, spread over the batch's distinct candidates.
      const rows = (x: Value) => reshape(x, [count, x.shape[2]!]);
      const logP = rows(stack(extra.logProbabilities!));
      const noisy = extra.noise ? add(logP, rows(extra.noise)) : logP;
      const share = softmax(divide(noisy, scalar(options.temperature)));
      const distinct = extra.distinct!;
      const spread = putAlong({
        ids: rows(stack(extra.candidates!)),
        values: share,
        columns: distinct.shape[0]!,
      });
      return gemm(spread, takeRows(table, distinct, { distinct: true }));
    }
    case 'paper':
    case 'official': {
      const logits = maskedLmLogits({
        architecture: sources.maskedLm!.architecture,
        config: sources.maskedLm!.config,
        extra,
        batch,
      });
      // paper: softmax(p + ε); official: softmax(z/Σz + ε), z the raw logits. Both over the whole vocabulary.
      const p0 =
        options.mixture === 'paper'
          ? softmax(logits)
          : divide(logits, reduceSum(logits, { axes: [-1], keepDims: true }));
      const stacked = stack(p0);
      const noisy = extra.noise ? add(stacked, reshape(extra.noise, stacked.shape)) : stacked;
      return gemm(softmax(noisy), table);
    }
    case 'mean':
      // Control: no masked LM, no noise; softmax of equal numbers.
      return expand(reduceMean(table, { axes: [0], keepDims: true }), [count, table.shape[1]!]);
    case 'argmax':
    case 'sample':
      // Table 4's variations: one token's embedding, picked by the feeds.
      return reshape(takeRows(table, extra.picked!), [count, table.shape[1]!]);
  }
}

/** Eq. 2: logits of the frozen masked LM on the unmasked texts, `[batch·length, V]`. */
function maskedLmLogits(p: {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly extra: Readonly<Record<string, Value>>;
  readonly batch: BatchValues;
}): Value {
  const { architecture, config, batch } = p;
  const weights = Object.fromEntries(
    Object.entries(p.extra).flatMap(([name, value]) =>
      name.startsWith('mlm:') ? [[name.slice(4), value]] : [],
    ),
  );
  const options = { config, dropout: noDropout };
  const tokens = takeRows(weights[architecture.wordEmbeddingName]!, batch.ids);
  const hidden = architecture.encode(
    weights,
    {
      hidden: architecture.embed(weights, { ...batch, tokens }, options),
      attentionMask: batch.attentionMask,
    },
    options,
  );
  const rows = reshape(hidden, [elementsOf(hidden.shape.slice(0, 2)), hidden.shape[2]!]);
  return architecture.maskedLm(weights, rows, options);
}

/**
 * Clean logits `[batch, C]` and the k virtual ones: one pass of all texts through the encoder. The published code skips
 * the classifier's dropout on virtual texts.
 */
function predictBoth(
  p: Omit<VirtualInputs, 'extra' | 'sources'> & { readonly dropout: Dropout; readonly virtual: Value },
): { readonly clean: Value; readonly virtuals: readonly Value[] } {
  const { setup, options, weights, batch, dropout, tokens, virtual } = p;
  const copies = 1 + options.numVirtual;
  const repeat = (x: Value) =>
    concat(
      Array.from({ length: copies }, () => x),
      0,
    );
  const states = encodeTokens(setup, {
    weights,
    dropout,
    tokens: concat([tokens, virtual], 0),
    typeIds: repeat(batch.typeIds),
    attentionMask: repeat(batch.attentionMask),
  });
  const logitsOf = (x: Value, classifierDropout: Dropout) =>
    setup.architecture.classify(weights, x, { config: setup.config, dropout: classifierDropout });

  const together = options.officialCode ? undefined : logitsOf(states, dropout);
  const grouped = (x: Value) => reshape(x, [copies, 'batch', x.shape[1]!]);
  const group = (x: Value, start: number) =>
    reshape(slice(grouped(x), { axis: 0, start, size: 1 }), ['batch', x.shape[1]!]);
  const logits = Array.from({ length: copies }, (_, j) =>
    together ? group(together, j) : logitsOf(group(states, j), j === 0 ? dropout : noDropout),
  );
  return { clean: logits[0]!, virtuals: logits.slice(1) };
}

/** Eq. 6, or Table 4's CEVDA: cross-entropy of the virtual texts under the true labels. */
export function consistency(p: {
  readonly options: VdaOptions;
  readonly clean: Value;
  readonly virtuals: readonly Value[];
  readonly labels: Value;
  readonly numLabels: number;
}): Value {
  const { options, virtuals, labels, numLabels } = p;
  const clean = options.cleanGradient ? p.clean : stopGradient(p.clean);
  const one = (virtual: Value): Value => {
    if (options.consistency === 'ce') return crossEntropy(virtual, labels);
    const divergence = symmetricKl(clean, virtual);
    // The published code halves each direction and averages over labels too.
    return options.officialCode ? multiply(divergence, scalar(0.5 / numLabels)) : divergence;
  };
  return multiply(virtuals.map(one).reduce(add), scalar(1 / virtuals.length));
}
