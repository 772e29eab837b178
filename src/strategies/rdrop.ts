import { scalar } from '../graph/ops/constant.ts';
import { add, multiply } from '../graph/ops/elementwise.ts';
import { symmetricKl } from '../nn/losses.ts';
import { compileStep } from './compile-step.ts';
import { defineStrategy } from './define-strategy.ts';
import { forwardVersions, virtualFeeds } from './forward-versions.ts';

/**
 * R-Drop (Liang et al., NeurIPS 2021, arXiv:2106.14448): each text passes twice under different dropout masks, and the
 * two predictions P₁, P₂ are drawn together.
 *
 *     L = ½(−log P₁(y) − log P₂(y)) + α·½(KL(P₁‖P₂) + KL(P₂‖P₁))
 *
 * Departure. The paper's Eq. 4 sums the two cross-entropies; here, as in its published code, they are averaged, so that
 * the loss without the divergence is that of plain fine-tuning. With VDA the first pass is held against the virtual texts.
 */
export const rdrop = defineStrategy({
  version: 1,
  summary: 'R-Drop: two dropout passes drawn together (Liang et al. 2021)',
  options: {
    alpha: {
      kind: 'number',
      default: 1,
      min: 0,
      description: "Weight of the divergence (α); the paper's value on GLUE.",
    },
  },
  create: (setup, { alpha }) =>
    compileStep({
      ...setup,
      ...virtualFeeds(setup),
      objective: (inputs) => {
        const { tokens, batch, classificationLoss } = inputs;
        const { logits, regularise } = forwardVersions(setup, inputs, [tokens, tokens]);
        const [first, second] = logits as [(typeof logits)[0], (typeof logits)[0]];
        const half = scalar(0.5);
        const [one, other] = [
          classificationLoss(first, batch.labels),
          classificationLoss(second, batch.labels),
        ];
        const ce = multiply(half, add(one, other));
        const divergence = multiply(half, symmetricKl(first, second));
        return regularise({ loss: add(ce, multiply(scalar(alpha), divergence)), ce, ownTerm: divergence });
      },
    }),
});
