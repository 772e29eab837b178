import { drawBeta } from '../base/draw-beta.ts';
import { permutation, randomKey, randomStream } from '../base/random.ts';
import { float32Tensor, int64Tensor, type Tensor } from '../base/tensor.ts';
import { concat } from '../graph/ops/concat.ts';
import { scalar } from '../graph/ops/constant.ts';
import { add, multiply, subtract } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { slice } from '../graph/ops/slice.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import type { Value, ValueType } from '../graph/value.ts';
import { compileStep } from './compile-step.ts';
import { copiesOf } from './copies.ts';
import { defineStrategy } from './define-strategy.ts';
import { forwardVersions, type HiddenChanges, virtualFeeds } from './forward-versions.ts';
import type { TrainBatch } from './train-batch.ts';

/**
 * SMix, the mixup part of AMDA (Si et al., Findings of ACL 2021, arXiv:2012.15699): each text is mixed with another of
 * its batch inside the encoder, and the labels with it.
 *
 *     h̃ = λ·h_i + (1 − λ)·h_j at layer m,   λ ~ Beta(α, α),   j a permutation of the batch,   m drawn from `layers`
 *     L = CE(f(x), y) + λ·CE(f(h̃), y_i) + (1 − λ)·CE(f(h̃), y_j)
 *
 * The second part is KL(ỹ‖f(h̃)) up to the entropy of the mixed label ỹ, which no weight changes. λ, j and m are drawn once for
 * each batch of a step. `states` says what is mixed: the first token's state alone, as the VDA paper has it, or all of
 * them (TMix); at the last layer, where only the first token is read, both are SentMix.
 *
 * With VDA the clean prediction is held against the virtual ones, as the paper's text has it. `officialCode` holds the mixed
 * one against them, as the published script for pairs; the one for single texts leaves VDA's term out of its sum.
 */
export const smix = defineStrategy({
  version: 2, // 1: Beta variables by Jöhnk's method
  summary: 'SMix: mixup of hidden states inside the encoder (Si et al. 2021)',
  options: {
    alpha: {
      kind: 'number',
      default: 0.2,
      min: 0.01,
      description:
        'α of the Beta(α, α) that mixing weights are drawn from; the value of the VDA paper’s code.',
    },
    states: {
      kind: 'choice',
      default: 'cls',
      choices: { cls: "the first token's state, as the VDA paper", all: 'all states (TMix)' },
      description: "What is mixed: cls, the first token's state, as in the VDA paper, or all states (TMix).",
    },
    layers: {
      kind: 'choice',
      default: 'upper',
      choices: {
        upper:
          'one of 7/12, 9/12 and 12/12 of the depth, drawn for each batch: layers 7, 9 and 12 of BERT-base',
        last: 'the last layer (SentMix)',
      },
      description:
        'After which layer states are mixed: upper, one of 7/12, 9/12 and 12/12 of the depth, drawn for each batch, or last (SentMix).',
    },
  },
  officialChoices: [
    'SMix: with VDA the mixed prediction is held against the virtual ones (as its script for pairs)',
  ],
  create: (setup, { alpha, states, layers }) => {
    const depth = setup.config.numHiddenLayers;
    const places =
      layers === 'last' ? [depth] : [...new Set([7, 9, 12].map((n) => Math.round((n * depth) / 12)))];
    const { extraSpecs, extraFeeds } = virtualFeeds(setup);
    const draw = createDraws({ seed: setup.seed, alpha, places: places.length });
    const against = setup.officialCode ? 1 : 0;
    return compileStep({
      ...setup,
      extraSpecs: { ...extraSpecs, ...drawSpecs(places.length) },
      extraFeeds: async (batch) => ({ ...(await extraFeeds?.(batch)), ...draw(batch) }),
      objective: (inputs) => {
        const { tokens, batch, extra, classificationLoss } = inputs;
        const lambda = extra.lambda!;
        const mixAt = (place: number, layer: number) => (hidden: Value, copies: number) => {
          const [clean, mixed, ...rest] = copiesOf(hidden, copies);
          // All of a state's weight stays its own but at the place that was drawn, and there on the states to mix.
          const one = { axis: 0, start: place, size: 1 } as const;
          const moved = reshape(slice(extra.moved!, one), [1, 1, 1]);
          const tokenwise = states === 'all' || layer === depth ? moved : multiply(moved, extra.isFirst!);
          const other = takeRows(mixed!, extra.partner!);
          const blended = add(mixed!, multiply(tokenwise, subtract(other, mixed!)));
          return concat([clean!, blended, ...rest], 0);
        };
        const changes: HiddenChanges = Object.fromEntries(places.map((layer, i) => [layer, mixAt(i, layer)]));
        const keepPadding = states === 'all';
        const options = { changes, against, keepPadding };
        const { logits, regularise } = forwardVersions(setup, inputs, [tokens, tokens], options);
        const [clean, mixed] = logits as [Value, Value];

        const ce = classificationLoss(clean, batch.labels);
        const ofMixed = classificationLoss(mixed, [
          { labels: batch.labels, weight: lambda },
          { labels: takeRows(batch.labels, extra.partner!), weight: subtract(scalar(1), lambda) },
        ]);
        return regularise({ loss: add(ce, ofMixed), ce, ownTerm: ofMixed });
      },
    });
  },
});

const drawSpecs = (places: number): Record<string, ValueType> => ({
  /** λ. */
  lambda: { dtype: 'float32', shape: [] },
  /** j of each text. */
  partner: { dtype: 'int64', shape: ['batch'] },
  /** 1 − λ at the place that was drawn, 0 at the others. */
  moved: { dtype: 'float32', shape: [places] },
  /** 1 at the first token, 0 elsewhere. */
  isFirst: { dtype: 'float32', shape: [1, 'length', 1] },
});

/** λ, j and m of a batch; they depend on (seed, step, first example) alone. */
function createDraws(drawing: { readonly seed: number; readonly alpha: number; readonly places: number }) {
  const key = randomKey(drawing.seed, 'smix');
  return ({ ids, step, exampleIds }: TrainBatch): Record<string, Tensor> => {
    const stream = randomStream(key, { a: step, b: exampleIds[0]! });
    const lambda = drawBeta(stream, drawing.alpha);
    const place = stream.nextInt(drawing.places);
    const length = ids.shape[1]!;
    return {
      lambda: float32Tensor([], [lambda]),
      partner: int64Tensor([exampleIds.length], permutation(exampleIds.length, stream)),
      moved: float32Tensor(
        [drawing.places],
        Array.from({ length: drawing.places }, (_, i) => (i === place ? 1 - lambda : 0)),
      ),
      isFirst: float32Tensor(
        [1, length, 1],
        Array.from({ length }, (_, i) => (i === 0 ? 1 : 0)),
      ),
    };
  };
}
