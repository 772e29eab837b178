import { scalar } from '../../graph/ops/constant.ts';
import { add, multiply } from '../../graph/ops/elementwise.ts';
import type { Value } from '../../graph/value.ts';
import type { Objective } from '../train-step.ts';
import { consistency } from './consistency.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import type { VdaInputs } from './inputs.ts';
import { mixtureWeights } from './mixture-weights.ts';
import { substitutionProbabilities } from './substitution-probabilities.ts';
import { virtualEmbeddings } from './virtual-embeddings.ts';

/** Virtual texts of a batch, and what the classifier's predictions of them add to its loss. */
export interface VirtualTexts {
  /** Ê_1 … Ê_k, stacked: `[k·batch, T, H]`. */
  readonly embeddings: Value;
  /**
   * A strategy's objective with VDA's part.
   * @param clean logits f(E) `[batch, C]`
   * @param virtuals logits f(Ê_1) … f(Ê_k), each `[batch, C]`
   */
  regularise(
    objective: Omit<Objective, 'reg'>,
    predictions: { readonly clean: Value; readonly virtuals: readonly Value[] },
  ): Objective;
}

/**
 * Virtual Data Augmentation (Zhou et al., EMNLP 2021), Algorithm 1, for one minibatch B of texts S with token embeddings E.
 * The k samples of lines 7 to 12 are made side by side, stacked along the batch.
 *
 *     line 6     Eq. 2   p(ŵ|S): the frozen masked LM's prediction at each position of the unmasked text
 *     line 8     Eq. 3   ε ~ N(0, σ²), drawn for each epoch, sample, position and candidate
 *     line 9     Eq. 4   p′ = softmax(p + ε)
 *     line 10    Eq. 5   ê = p′ · M_E
 *     line 11    Eq. 6   L_reg = 1/k Σ_j sKL(f(E), f(Ê_j))
 *                Eq. 7   L_c = mean cross-entropy of f(E): the strategy's own loss, of plain training `classificationLoss`
 *                Eq. 1   L = L_c + λ·L_reg, which the optimizer follows
 *
 * Lines 3 to 5 (epochs, minibatches, tokens) are those of any training. VDA is a regulariser that any strategy adds to its
 * own loss; `forwardVersions` in forward-versions.ts predicts virtual texts and others in one pass.
 *
 * Departures. The paper's Eq. 4 takes softmax over probabilities, which is flat over a vocabulary of 30,522; the
 * default mixture takes it over log-probabilities of the top K candidates, which is what the paper's prose describes.
 * `paper` and `official` keep the equation, and the published code, to the letter. Special tokens and padding are left as
 * they are (the published code mixes them: `mixSpecialTokens`). Algorithm 1 updates θ once for each sample, here it is once
 * for their mean, as Eq. 6 has it.
 */
export function virtualDataAugmentation(vda: VdaInputs): VirtualTexts {
  const probabilities = substitutionProbabilities(vda); // line 6, Eq. 2
  const noise = gaussianNoise(vda); // line 8, Eq. 3
  const weights = mixtureWeights(vda, { probabilities, noise }); // line 9, Eq. 4
  const embeddings = virtualEmbeddings(vda, weights); // line 10, Eq. 5
  return {
    embeddings,
    regularise: (objective, predictions) => {
      const reg = consistency(vda, predictions); // line 11, Eq. 6
      return { ...objective, loss: totalLoss(objective.loss, { reg, lambda: vda.options.lambda }), reg };
    },
  };
}

/** Eq. 1: L = L_c + λ·L_reg, with L_c of Eq. 7 where training is plain. Shapes: `[]`. */
const totalLoss = (loss: Value, { reg, lambda }: { readonly reg: Value; readonly lambda: number }): Value =>
  add(loss, multiply(scalar(lambda), reg));
