import { scalar } from '../../graph/ops/constant.ts';
import { add, multiply } from '../../graph/ops/elementwise.ts';
import { reshape } from '../../graph/ops/reshape.ts';
import { stopGradient } from '../../graph/ops/stop-gradient.ts';
import { where } from '../../graph/ops/where.ts';
import type { Value } from '../../graph/value.ts';
import { symmetricKl } from '../../nn/losses.ts';
import type { ClassificationLoss } from '../classification-loss.ts';
import type { ObjectiveInputs, StepSetup } from '../train-step.ts';
import type { VdaFeedSources } from './feeds.ts';
import { mixtureOf, stackSamples } from './mixtures.ts';
import type { VdaOptions } from './options.ts';

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
 * It is a regulariser that any strategy adds to its own loss: where L_reg meets the loss is `forwardVersions` in forward-versions.ts.
 *
 * Departures. The paper's Eq. 4 takes softmax over probabilities, which is flat over a vocabulary of 30,522; the
 * default mixture takes it over log-probabilities of the top K candidates, which is what the paper's prose describes.
 * `paper` and `official` keep the equation, and the published code, to the letter. Special tokens and padding are left as
 * they are (the published code mixes them: `mixSpecialTokens`).
 */
export interface VirtualData {
  readonly options: VdaOptions;
  readonly sources: VdaFeedSources;
}

/**
 * Virtual embeddings Ê_1 … Ê_k of a batch (Eq. 2 to 5), stacked `[k·batch, T, H]`: where `extra.mixed` holds, the
 * mixture (interpolated with the original by `options.interpolation`); elsewhere the original embedding.
 */
export function virtualTokens(
  { architecture }: Pick<StepSetup, 'architecture'>,
  p: Pick<ObjectiveInputs, 'weights' | 'batch' | 'extra' | 'tokens'> & { readonly vda: VirtualData },
): Value {
  const { weights, batch, extra, tokens } = p;
  const { options, sources } = p.vda;
  const { maskedLm } = sources;
  const table =
    options.embeddingTable === 'mlm' && maskedLm
      ? extra[`mlm:${maskedLm.architecture.wordEmbeddingName}`]!
      : weights[architecture.wordEmbeddingName]!;
  const original = stackSamples(tokens, options);
  const mixed = reshape(
    mixtureOf[options.mixture]({ options, table, batch, extra, maskedLm }),
    original.shape,
  );
  const weight = options.interpolation;
  const blended =
    weight === 0 ? mixed : add(multiply(scalar(weight), original), multiply(scalar(1 - weight), mixed));
  const here = stackSamples(extra.mixed!, options);
  return where(reshape(here, [...here.shape, 1]), { whenTrue: blended, whenFalse: original });
}

/** Eq. 6, or Table 4's CEVDA: cross-entropy of the virtual texts under the true labels. */
export function consistency(p: {
  readonly options: VdaOptions;
  readonly clean: Value;
  readonly virtuals: readonly Value[];
  readonly labels: Value;
  readonly numLabels: number;
  readonly classificationLoss: ClassificationLoss;
}): Value {
  const { options, virtuals, labels, numLabels } = p;
  const clean = options.cleanGradient ? p.clean : stopGradient(p.clean);
  const one = (virtual: Value): Value => {
    if (options.consistency === 'ce') return p.classificationLoss(virtual, labels);
    const divergence = symmetricKl(clean, virtual);
    // The published code halves each direction and averages over labels too.
    return options.officialCode ? multiply(divergence, scalar(0.5 / numLabels)) : divergence;
  };
  return multiply(virtuals.map(one).reduce(add), scalar(1 / virtuals.length));
}
