import { concat } from '../graph/ops/concat.ts';
import { scalar } from '../graph/ops/constant.ts';
import { add, multiply } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { slice } from '../graph/ops/slice.ts';
import { stopGradient } from '../graph/ops/stop-gradient.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { where } from '../graph/ops/where.ts';
import type { Value } from '../graph/value.ts';
import type { Weights } from '../models/architecture.ts';
import { type Dropout, noDropout } from '../nn/dropout.ts';
import { crossEntropy, symmetricKl } from '../nn/losses.ts';
import { compileStep } from './compile-step.ts';
import { encodeTokens } from './standard.ts';
import type { BatchValues, StrategySetup, TrainStep } from './strategy.ts';
import { createVdaFeeds, type VdaFeedSources, vdaSpecs } from './vda-feeds.ts';
import { mixtureOf, repeatRows, stackSamples } from './vda-mixtures.ts';
import type { VdaOptions } from './vda-options.ts';

/**
 * Virtual Data Augmentation (Zhou et al., EMNLP 2021).
 *
 *     Eq. 2   p(ŵᵢ|S): the frozen masked LM's prediction at each position of the unmasked text
 *     Eq. 3   ε ~ N(0, σ²), drawn for each epoch, sample, position and candidate
 *     Eq. 4   p′ = softmax(p + ε)                     each mixture: {@link mixtureOf} in vda-mixtures.ts
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
export function virtualTokens({
  setup,
  options,
  sources,
  weights,
  batch,
  extra,
  tokens,
}: VirtualInputs): Value {
  const { maskedLm } = sources;
  const table =
    options.embeddingTable === 'mlm' && maskedLm
      ? extra[`mlm:${maskedLm.architecture.wordEmbeddingName}`]!
      : weights[setup.architecture.wordEmbeddingName]!;
  const original = stackSamples(tokens, options);
  const mixed = reshape(
    mixtureOf[options.mixture]({ options, table, batch, extra, maskedLm }),
    original.shape,
  );
  const share = options.interpolation;
  const blended =
    share === 0 ? mixed : add(multiply(scalar(share), original), multiply(scalar(1 - share), mixed));
  const here = stackSamples(extra.mixed!, options);
  return where(reshape(here, [...here.shape, 1]), { whenTrue: blended, whenFalse: original });
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
  const repeat = (x: Value) => repeatRows(x, copies);
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
