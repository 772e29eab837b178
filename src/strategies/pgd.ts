import { gradient } from '../graph/gradient.ts';
import { scalar } from '../graph/ops/constant.ts';
import { add, multiply } from '../graph/ops/elementwise.ts';
import { stopGradient } from '../graph/ops/stop-gradient.ts';
import type { Value } from '../graph/value.ts';
import { scoped } from '../nn/dropout.ts';
import { compileStep } from './compile-step.ts';
import { defineStrategy } from './define-strategy.ts';
import { forwardVersions, virtualFeeds } from './forward-versions.ts';
import { ascend, createStarts, project } from './perturbation.ts';

/**
 * Adversarial training by projected gradient descent (Madry et al., ICLR 2018, arXiv:1706.06083) on word embeddings X:
 * K steps up the loss, the weights held; then the weights are trained on the text and on what was found.
 *
 *     δ_{t+1} = Π_{‖δ‖₂ ≤ ε}(δ_t + α·∇_δ L(f(X + δ_t), y)/‖∇_δ L‖)      each text by itself
 *     L = (1 − w)·CE(f(X), y) + w·CE(f(X + δ_K), y)
 *
 * `tokenAware` divides each token's gradient by its own length, so that no token takes all of a step (the token-level
 * normalisation of TAVAT, Li and Qiu, AAAI 2021; its table of perturbations kept for each vocabulary entry is left out).
 * Madry et al. train on the perturbed input alone: w = 1.
 */
export const pgd = defineStrategy({
  version: 1,
  summary: 'adversarial training on embeddings by projected gradient descent (Madry et al. 2018)',
  options: {
    steps: { kind: 'integer', default: 3, min: 1, description: 'Ascent steps (K).' },
    stepSize: { kind: 'number', default: 0.3, min: 0, description: 'Length of each ascent step (α).' },
    maxNorm: {
      kind: 'number',
      default: 1,
      min: 0,
      description: 'Largest Euclidean norm of the perturbation of a text (ε); 0 for no bound.',
    },
    initMagnitude: {
      kind: 'number',
      default: 0,
      min: 0,
      description: 'Size of a random start, as in FreeLB; 0 starts at the text itself.',
    },
    adversarialWeight: {
      kind: 'number',
      default: 0.5,
      min: 0,
      max: 1,
      description: 'Weight of the perturbed text in the loss (w); the text itself has the rest.',
    },
    tokenAware: {
      kind: 'flag',
      default: false,
      description: "Measure each token's gradient by itself (Li and Qiu 2021).",
    },
  },
  create: (setup, options) => {
    const { steps, stepSize, maxNorm: radius, adversarialWeight: w, initMagnitude: magnitude } = options;
    const { hiddenSize: width } = setup.config;
    const { extraSpecs, extraFeeds } = virtualFeeds(setup);
    const startOf = createStarts({
      ...{ seed: setup.seed, purpose: 'pgd-start' },
      magnitude,
      perRoot: true,
      width,
    });
    const alone = { ...setup, vda: undefined };
    return compileStep({
      ...setup,
      extraSpecs: { ...extraSpecs, delta: { dtype: 'float32', shape: ['batch', 'length', width] } },
      extraFeeds: async (batch) => ({ ...(await extraFeeds?.(batch)), delta: startOf(batch) }),
      objective: (inputs) => {
        const { tokens, batch, extra, dropout, classificationLoss } = inputs;
        let delta: Value = extra.delta!;
        for (let t = 0; t < steps; t++) {
          const ascent = { ...inputs, dropout: scoped(dropout, `ascent.${t}`) };
          const { logits } = forwardVersions(alone, ascent, [add(tokens, delta)]);
          const given = [logits[0]!, batch.labels] as const;
          const found = gradient(classificationLoss(...given), { delta });
          const uphill = classificationLoss.uphill(found.delta!, ...given);
          const of = options.tokenAware ? 'token' : 'text';
          const higher = ascend(delta, { gradient: uphill, stepSize, norm: 'l2', of });
          delta = stopGradient(project(higher, { radius, norm: 'l2', of: 'text' }));
        }
        const { logits, regularise } = forwardVersions(setup, inputs, [tokens, add(tokens, delta)]);
        const [ce, adversarial] = logits.map((one) => classificationLoss(one, batch.labels)) as [
          Value,
          Value,
        ];
        const loss = add(multiply(scalar(1 - w), ce), multiply(scalar(w), adversarial));
        return regularise({ loss, ce, ownTerm: adversarial });
      },
    });
  },
});
