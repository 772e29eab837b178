import type { Tensor } from '../base/tensor.ts';
import { gradient } from '../graph/gradient.ts';
import { scalar } from '../graph/ops/constant.ts';
import { add, multiply } from '../graph/ops/elementwise.ts';
import { stopGradient } from '../graph/ops/stop-gradient.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import type { Value, ValueType } from '../graph/value.ts';
import { noDropout, scoped } from '../nn/dropout.ts';
import { symmetricKl } from '../nn/losses.ts';
import { compileStep } from './compile-step.ts';
import { defineStrategy } from './define-strategy.ts';
import { createNoise } from './feeds/noise.ts';
import { forwardVersions, type StrategySetup, virtualFeeds } from './forward-versions.ts';
import { ascend, project } from './perturbation.ts';
import { tokenCounts } from './token-places.ts';
import type { TrainBatch } from './train-batch.ts';
import type { ObjectiveInputs, TrainStep } from './train-step.ts';

/**
 * SMART (Jiang et al., ACL 2020, arXiv:1911.03437): predictions are kept smooth around each text's embeddings x, and
 * close to those of an average of the weights so far.
 *
 *     x̃ ← x + ν, ν ~ N(0, σ²);   T times: x̃ ← Π_{‖x̃ − x‖ ≤ ε}(x̃ + η·g/‖g‖), g = ∇_x̃ ℓ_s(f(x), f(x̃))
 *     ℓ_s(P, Q) = KL(P‖Q) + KL(Q‖P)
 *     R_s    = mean ℓ_s(f(x), f(x̃))                                  Eq. 2
 *     D_Breg = mean ℓ_s(f(x; θ), f(x; θ̄)),  θ̄ ← β·θ̄ + (1 − β)·θ       Eq. 3 with the momentum of §3.2
 *     L = CE(f(x), y) + λ_s·R_s + μ·D_Breg
 *
 * θ̄ predicts without dropout. Gradients reach both predictions in R_s; in the ascent, f(x) is held.
 *
 * Departures. The gradient is scaled to length 1, each text by itself, for with noise of 10⁻⁵ it is itself far below
 * ε; its published code scales so as well, token by token. Of the VDA paper's settings (σ = ε = 0.02) come the defaults; the
 * SMART paper has σ = ε = 10⁻⁵, which moves predictions little. The VDA paper leaves D_Breg out (μ = 0, the default).
 * `officialCode` perturbs the output of the embedding layer, and measures the gradient over the whole batch in L2, as the
 * VDA paper's published code.
 */
export const smart = defineStrategy({
  version: 1,
  summary: 'SMART: predictions kept smooth around each text (Jiang et al. 2020)',
  options: {
    weight: { kind: 'number', default: 1, min: 0, description: 'Weight of the smoothness term (λ_s).' },
    steps: { kind: 'integer', default: 1, min: 1, description: 'Ascent steps (T).' },
    stepSize: { kind: 'number', default: 1e-3, min: 0, description: 'Length of each ascent step (η).' },
    noiseStd: {
      kind: 'number',
      default: 0.02,
      min: 0,
      description: 'Standard deviation of the random start (σ); the SMART paper has 1e-5.',
    },
    epsilon: {
      kind: 'number',
      default: 0.02,
      min: 0,
      description: 'Largest norm of the perturbation (ε), 0 for no bound; the SMART paper has 1e-5.',
    },
    norm: {
      kind: 'choice',
      default: 'linf',
      choices: { l2: 'Euclidean, of all of a text', linf: 'the largest number' },
      description:
        'How perturbations and gradients are measured: l2, Euclidean over all of a text, or linf, by the largest number.',
    },
    bregmanWeight: {
      kind: 'number',
      default: 0,
      min: 0,
      description:
        'Weight of the Bregman proximal term (μ), 1 in the SMART paper; 0 leaves it out, as the VDA paper does. It takes a second copy of the weights.',
    },
    bregmanMomentum: {
      kind: 'number',
      default: 0.99,
      min: 0,
      max: 1,
      description: 'Momentum of the averaged weights of the Bregman term (β).',
    },
  },
  officialChoices: [
    'SMART: perturbations after the embedding layer, one gradient norm for the whole batch',
    'SMART: no Bregman term unless asked for',
  ],
  create: async (setup, options) => {
    const { steps, stepSize, epsilon: radius, norm, weight, noiseStd, bregmanWeight } = options;
    const { extraSpecs, extraFeeds } = virtualFeeds(setup);
    const { hiddenSize: columns } = setup.config;
    const noise = createNoise({ seed: setup.seed, purpose: 'smart-noise', std: noiseStd });
    const official = setup.officialCode === true;
    const noiseOf = ({ exampleIds, ids, attentionMask, epoch }: TrainBatch) => {
      const start = noise({ exampleIds, length: ids.shape[1]!, columns, samples: 1, epoch });
      return official ? start : withoutPadding(start, tokenCounts(attentionMask));
    };
    const average = bregmanWeight > 0 ? averagedWeights(setup, options.bregmanMomentum) : undefined;
    const alone = { ...setup, vda: undefined };
    const measure = official ? ({ norm: 'l2', of: 'batch' } as const) : ({ norm, of: 'text' } as const);

    const logitsAt = (inputs: ObjectiveInputs, delta: Value): Value =>
      official
        ? forwardVersions(alone, inputs, [inputs.tokens], { changes: { 0: (hidden) => add(hidden, delta) } })
            .logits[0]!
        : forwardVersions(alone, inputs, [add(inputs.tokens, delta)]).logits[0]!;

    const step = await compileStep({
      ...setup,
      extraSpecs: {
        ...extraSpecs,
        ...average?.specs,
        noise0: { dtype: 'float32', shape: ['batch', 'length', columns] },
      },
      extraFeeds: async (batch) => ({
        ...(await extraFeeds?.(batch)),
        ...average?.feeds,
        noise0: noiseOf(batch),
      }),
      objective: (inputs) => {
        const { tokens, batch, extra, dropout, classificationLoss } = inputs;
        const { logits, regularise } = forwardVersions(setup, inputs, [tokens]);
        const clean = logits[0]!;

        let delta: Value = extra.noise0!;
        for (let t = 0; t < steps; t++) {
          const ascent = { ...inputs, dropout: scoped(dropout, `ascent.${t}`) };
          const distance = symmetricKl(stopGradient(clean), logitsAt(ascent, delta));
          const found = gradient(distance, { delta }).delta!;
          const higher = ascend(delta, { gradient: found, stepSize, ...measure });
          delta = stopGradient(project(higher, { radius, norm, of: 'text' }));
        }
        const perturbed = logitsAt({ ...inputs, dropout: scoped(dropout, 'perturbed') }, delta);
        const smoothness = symmetricKl(clean, perturbed);

        const ce = classificationLoss(clean, batch.labels);
        const smooth = add(ce, multiply(scalar(weight), smoothness));
        const loss = average
          ? add(smooth, multiply(scalar(bregmanWeight), symmetricKl(clean, average.logitsOf(inputs))))
          : smooth;
        return regularise({ loss, ce, ownTerm: smoothness });
      },
    });
    return average ? average.following(step) : step;
  },
});

/** A start `[batch, T, H]` with 0 on padding, in place: a norm over a text must not depend on its batch. */
function withoutPadding(start: Tensor<'float32'>, counts: readonly number[]): Tensor<'float32'> {
  const [, length, columns] = start.shape as [number, number, number];
  for (const [row, count] of counts.entries()) {
    start.data.fill(0, (row * length + count) * columns, (row + 1) * length * columns);
  }
  return start;
}

/** θ̄, the momentum average of the weights: a copy that follows them, one update a step. */
function averagedWeights(setup: StrategySetup, beta: number) {
  const { store } = setup;
  const state: Record<string, Tensor<'float32'>> = {};
  const specs: Record<string, ValueType> = {};
  for (const { name } of store.parameters) {
    const { dtype, shape, data } = store.read(name);
    state[`average:${name}`] = { dtype, shape, data: Float32Array.from(data) };
    specs[`average:${name}`] = { dtype, shape };
  }
  const alone = { ...setup, vda: undefined };
  const follow = (step: number): void => {
    if (step === 0) return; // they are still the same
    for (const { name } of store.parameters) {
      const { data } = store.read(name);
      const mean = state[`average:${name}`]!.data;
      for (let i = 0; i < mean.length; i++) mean[i] = beta * mean[i]! + (1 - beta) * data[i]!;
    }
  };
  return {
    specs,
    feeds: state,
    /** f(x; θ̄), logits `[batch, C]`; no gradient goes through. */
    logitsOf: (inputs: ObjectiveInputs): Value => {
      const averaged = Object.fromEntries(
        store.parameters.map(({ name }) => [name, inputs.extra[`average:${name}`]!]),
      );
      const tokens = takeRows(averaged[setup.architecture.wordEmbeddingName]!, inputs.batch.ids);
      const { logits } = forwardVersions(alone, { ...inputs, weights: averaged, dropout: noDropout }, [
        tokens,
      ]);
      return stopGradient(logits[0]!);
    },
    following: (step: TrainStep): TrainStep => ({ ...step, begin: follow, state }),
  };
}
