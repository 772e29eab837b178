import { compileStep } from './compile-step.ts';
import { method } from './method.ts';
import { predict, virtualFeeds } from './predict.ts';

/** Plain fine-tuning: mean cross-entropy of the clean texts (VDA, Eq. 7). */
export const standard = method({
  version: 1,
  summary: 'plain fine-tuning: cross-entropy on the training texts',
  options: {},
  create: (setup) =>
    compileStep({
      ...setup,
      ...virtualFeeds(setup),
      objective: (inputs) => {
        const { logits, regularise } = predict(setup, inputs, [inputs.tokens]);
        const ce = inputs.classificationLoss(logits[0]!, inputs.batch.labels);
        return regularise({ loss: ce, ce });
      },
    }),
});
