import { compileStep } from './compile-step.ts';
import { defineStrategy } from './define-strategy.ts';
import { forwardVersions, virtualFeeds } from './forward-versions.ts';

/** Plain fine-tuning: mean cross-entropy of the clean texts (VDA, Eq. 7). */
export const standard = defineStrategy({
  version: 1,
  summary: 'plain fine-tuning: cross-entropy on the training texts',
  options: {},
  create: (setup) =>
    compileStep({
      ...setup,
      ...virtualFeeds(setup),
      objective: (inputs) => {
        const { logits, regularise } = forwardVersions(setup, inputs, [inputs.tokens]);
        const ce = inputs.classificationLoss(logits[0]!, inputs.batch.labels);
        return regularise({ loss: ce, ce });
      },
    }),
});
