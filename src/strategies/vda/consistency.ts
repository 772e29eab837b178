import { scalar } from '../../graph/ops/constant.ts';
import { add, multiply } from '../../graph/ops/elementwise.ts';
import { stopGradient } from '../../graph/ops/stop-gradient.ts';
import type { Value } from '../../graph/value.ts';
import { symmetricKl } from '../../nn/losses.ts';
import type { VdaInputs } from './inputs.ts';

/**
 * Eq. 6 (Algorithm 1, line 11): L_reg = 1/k Σ_j sKL(f(E), f(Ê_j)), or, as in Table 4's CEVDA, the cross-entropy of Eq. 7 on the
 * virtual texts in its place.
 *
 * Shapes: logits `[batch, C]` → `[]`.
 */
export function consistency(
  { options, setup, inputs }: VdaInputs,
  predictions: { readonly clean: Value; readonly virtuals: readonly Value[] },
): Value {
  const { virtuals } = predictions;
  const clean = options.cleanGradient ? predictions.clean : stopGradient(predictions.clean);
  const one = (virtual: Value): Value => {
    if (options.consistency === 'ce') return inputs.classificationLoss(virtual, inputs.batch.labels);
    const divergence = symmetricKl(clean, virtual);
    // The published code halves each direction and averages over labels too.
    return options.officialCode ? multiply(divergence, scalar(0.5 / setup.numLabels)) : divergence;
  };
  return multiply(virtuals.map(one).reduce(add), scalar(1 / virtuals.length));
}
