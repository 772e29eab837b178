import { type Tensor, tensor } from '../base/tensor.ts';
import { scalar } from '../graph/ops/constant.ts';
import { add, multiply } from '../graph/ops/elementwise.ts';
import { pad } from '../graph/ops/slice.ts';
import type { Value, ValueType } from '../graph/value.ts';
import { compilePass, compileStep } from './compile-step.ts';
import { defineStrategy } from './define-strategy.ts';
import { forwardVersions, type StrategySetup, virtualFeeds } from './forward-versions.ts';
import { ascend, createStarts, project } from './perturbation.ts';
import type { TrainStep } from './train-step.ts';

/**
 * FreeLB (Zhu et al., ICLR 2020, arXiv:1909.11764), Algorithm 1: K passes over a batch, each with a worse perturbation δ
 * of the word embeddings X; all of them train the weights.
 *
 *     δ₀ = U(−m, m)/√N                          N numbers in a text's embeddings; U(−m, m) for the largest norm
 *     g  ← g + 1/K · ∇_θ L(f(X + δ_t), y)        for t = 0 … K − 1
 *     δ_{t+1} = Π_{‖δ‖ ≤ ε}(δ_t + α·∇_δ L/‖∇_δ L‖)   each text by itself
 *
 * δ is 0 on padding. With m = 0 the first pass is the clean text; ε = 0 is no bound.
 *
 * FreeLB++ (Li et al., EMNLP 2021, arXiv:2108.12777) is the same without the bound Π and with more passes, 10 to 30:
 * a preset. Its step size and start are those of the authors' code, TextDefender, whose own default is 5 passes.
 *
 * With VDA, λ·L_reg of the clean text is added once (Eq. 1). `officialCode` is what the VDA paper's published code does
 * instead: δ is added to the output of the embedding layer; it starts as U(−m, m); one norm for the whole batch; every
 * number cut to ±ε; each pass adds its δ to those before it (a slip there: the perturbed state stays); the loss of a
 * pass is CE(f(δ), y) + λ·sKL(f(δ), virtual), and the passes are summed, not averaged.
 */
export const freelb = defineStrategy({
  version: 1,
  summary: 'FreeLB: K adversarial perturbations of the embeddings, all of them trained on (Zhu et al. 2020)',
  options: {
    steps: {
      kind: 'integer',
      default: 2,
      min: 1,
      description:
        'Passes over each batch (K). This and the next three are its published settings for SST-2.',
    },
    stepSize: { kind: 'number', default: 0.1, min: 0, description: 'Length of each ascent step (α).' },
    initMagnitude: {
      kind: 'number',
      default: 0.6,
      min: 0,
      description: 'Size of the random start (m); 0 makes the first pass the clean text.',
    },
    maxNorm: {
      kind: 'number',
      default: 0,
      min: 0,
      description: 'Largest norm of the perturbation (ε); 0 for no bound.',
    },
    norm: {
      kind: 'choice',
      default: 'l2',
      choices: { l2: 'Euclidean, of all of a text', linf: 'the largest number' },
      description:
        'How perturbations and gradients are measured: l2, Euclidean over all of a text, or linf, by the largest number.',
    },
    holdDropout: {
      kind: 'flag',
      default: false,
      description: 'The same dropout masks in all passes of a step.',
    },
  },
  presets: {
    'sst-2': {
      summary: 'FreeLB as published for SST-2: K 2, start 0.6, step 0.1; the defaults',
      settings: { steps: 2, stepSize: 0.1, initMagnitude: 0.6, maxNorm: 0 },
    },
    mrpc: {
      summary: 'FreeLB as published for MRPC: K 4 from the clean text, step 0.03',
      settings: { steps: 4, stepSize: 0.03, initMagnitude: 0, maxNorm: 0 },
    },
    qnli: {
      summary: 'FreeLB as published for QNLI: K 3, start 0.1, step 0.05',
      settings: { steps: 3, stepSize: 0.05, initMagnitude: 0.1, maxNorm: 0 },
    },
    qqp: {
      summary: 'FreeLB as published for QQP: K 3, start 0.32, step 0.2, bound 0.7',
      settings: { steps: 3, stepSize: 0.2, initMagnitude: 0.32, maxNorm: 0.7 },
    },
    'freelb++': {
      summary: 'FreeLB++ (Li et al. 2021): K 10 and no bound; start 0.05, step 0.03 as in TextDefender',
      settings: { steps: 10, stepSize: 0.03, initMagnitude: 0.05, maxNorm: 0 },
    },
  },
  official: { steps: 2, stepSize: 0.1, initMagnitude: 0.02, maxNorm: 0.02 },
  officialChoices: [
    'FreeLB: perturbations after the embedding layer, uniform in ±0.02, each number cut to ±0.02',
    'FreeLB: one gradient norm for the whole batch; passes are summed, each on top of those before it',
    'FreeLB: with VDA the perturbed prediction is held against the virtual ones, in each pass',
  ],
  unreadByOfficial: ['norm'],
  create: async (setup, options) => {
    const { steps, stepSize, initMagnitude: magnitude, maxNorm: radius, norm, holdDropout } = options;
    const official = setup.officialCode === true;
    const { hiddenSize: width } = setup.config;
    const shape = ['batch', 'length', width] as const;
    const deltaSpecs: Record<string, ValueType> = {
      delta: { dtype: 'float32', shape },
      ...(official && { sumBefore: { dtype: 'float32', shape } }), // Σ of the passes before
    };
    const step = official ? ({ norm: 'l2', of: 'batch' } as const) : ({ norm, of: 'text' } as const);
    const bound = official ? ({ norm: 'linf', of: 'text' } as const) : step;
    const inPasses: StrategySetup = official ? setup : { ...setup, vda: undefined };
    const feedsOfVda = virtualFeeds(inPasses);

    const adversarial = await compilePass({
      ...setup,
      ...feedsOfVda,
      extraSpecs: { ...feedsOfVda.extraSpecs, ...deltaSpecs },
      objective: (inputs) => {
        const { tokens, batch, extra, classificationLoss } = inputs;
        const delta = extra.delta!;
        const moved = official ? add(extra.sumBefore!, delta) : delta;
        const { logits, regularise } = official
          ? forwardVersions(inPasses, inputs, [tokens], {
              changes: { 0: (hidden) => addToFirst(hidden, moved) },
            })
          : forwardVersions(inPasses, inputs, [add(tokens, moved)]);
        const given = [logits[0]!, batch.labels] as const;
        const ce = classificationLoss(...given);
        const { loss, reg } = regularise({ loss: ce, ce });
        return {
          ...{ ce, reg, loss: official ? loss : multiply(scalar(1 / steps), loss) },
          wrt: { delta },
          outputs: ({ delta: found }) => {
            const gradient = classificationLoss.uphill(found!, ...given);
            return {
              delta: project(ascend(delta, { gradient, stepSize, ...step }), { radius, ...bound }),
              ...(official && { sumBefore: moved }),
            };
          },
        };
      },
    });
    const perRoot = norm === 'l2' && !official;
    const startOf = createStarts({ seed: setup.seed, purpose: 'freelb-start', magnitude, perRoot, width });
    const virtual = official || setup.vda === undefined ? undefined : await regulariserAlone(setup);

    const take: TrainStep['take'] = async (batch) => {
      const delta = startOf(batch);
      let feeds: Readonly<Record<string, Tensor>> = {
        delta,
        ...(official && { sumBefore: tensor('float32', delta.shape, new Float32Array(delta.data.length)) }),
      };
      let [loss, ce, reg] = [0, 0, 0];
      for (let t = 0; t < steps; t++) {
        const pass = t === 0 || holdDropout ? '' : `pass.${t}`;
        const { metrics, outputs } = await adversarial.run(batch, { feeds, pass });
        loss += metrics.loss;
        ce += metrics.ce / steps;
        reg += metrics.reg / steps;
        feeds = outputs;
      }
      if (!virtual) return { loss, ce, reg };
      const added = await virtual.take(batch);
      return { loss: loss + added.loss, ce, reg: added.reg };
    };
    return {
      take,
      release: async () => {
        await adversarial.release();
        await virtual?.release();
      },
    };
  },
});

/** A step of λ·L_reg and nothing else. Its name keeps its dropout masks apart from those of the perturbed passes. */
const regulariserAlone = (setup: StrategySetup): Promise<TrainStep> =>
  compileStep({
    ...setup,
    pass: 'virtual',
    ...virtualFeeds(setup),
    objective: (inputs) => {
      const none = scalar(0);
      return forwardVersions(setup, inputs, [inputs.tokens]).regularise({ loss: none, ce: none });
    },
  });

/** x with `y` added to its first rows. */
const addToFirst = (x: Value, y: Value): Value => add(x, pad(y, { axis: 0, before: 0, size: x.shape[0]! }));
