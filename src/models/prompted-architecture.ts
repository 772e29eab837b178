import { float32Tensor, int64Tensor } from '../base/tensor.ts';
import { reduceSum } from '../graph/ops/broadcast.ts';
import { cast } from '../graph/ops/cast.ts';
import { constant, scalar } from '../graph/ops/constant.ts';
import { abs, add, multiply, relu, subtract } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { slice } from '../graph/ops/slice.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { transpose } from '../graph/ops/transpose.ts';
import type { Value } from '../graph/value.ts';
import type { Architecture } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import type { PromptTokens } from './prompt.ts';

/**
 * A family whose classifier is its masked language model: it reads the state of the mask in the prompt, and a class has the logit of
 * the likeliest of its words.
 *
 *     z_c = max_{w ∈ W_c} MLM(h_[MASK])_w
 *
 * Nothing of it starts at random. What strategies know as the first token's state is that of the mask here.
 *
 * Source: MVP (Raman et al., EMNLP 2023, arXiv:2303.07320), its code for the maximum. Departures: one template, where the
 * authors average the logits of several; a label word must be one token, where theirs leaves others out.
 */
export const promptedArchitecture = <A extends Architecture>(
  architecture: A,
  { mask, labelWords }: PromptTokens,
): A => ({
  ...architecture,
  parameters: (config: ModelConfig) => architecture.parameters(config, { head: 'maskedLm', numLabels: 0 }),
  classNames: { ...architecture.classNames, classifier: architecture.classNames.maskedLm },
  encode: ((weights, inputs, options) => {
    if (!options.firstTokenOnly) return architecture.encode(weights, inputs, options);
    const states = architecture.encode(weights, inputs, { ...options, firstTokenOnly: false });
    return stateOfMask(states, { ...inputs, mask, positions: architecture.positions(options.config) });
  }) satisfies Architecture['encode'],
  classify: ((weights, states, options) =>
    classLogits(
      architecture.maskedLm(weights, states, options),
      labelWords,
    )) satisfies Architecture['classify'],
});

/**
 * Σ_t h_t · max(0, 1 − |t − m|), m the mask's place: exact, for all other terms are 0.
 * Shapes: states `[R, T, H]`, attentionMask int64 `[R, T]` → `[R, 1, H]`.
 */
function stateOfMask(
  states: Value,
  p: { readonly attentionMask: Value; readonly mask: PromptTokens['mask']; readonly positions: number },
): Value {
  const [rows, length] = states.shape;
  const range = float32Tensor(
    [p.positions],
    Array.from({ length: p.positions }, (_, t) => t),
  );
  const places = slice(constant(range), { axis: 0, size: length! });
  const tokens = reduceSum(cast(p.attentionMask, 'float32'), { axes: [1], keepDims: true });
  const place = 'fromEnd' in p.mask ? subtract(tokens, scalar(p.mask.fromEnd)) : scalar(p.mask.fromStart);
  const isThere = relu(subtract(scalar(1), abs(subtract(places, place)))); // [R, T], or [T] where all are alike
  const perRow = isThere.shape.length === 2 ? [rows!, length!, 1] : [length!, 1];
  return reduceSum(multiply(states, reshape(isThere, perRow)), { axes: [1], keepDims: true });
}

/** Shapes: logits over the vocabulary `[R, V]` → `[R, C]`. */
function classLogits(logits: Value, labelWords: PromptTokens['labelWords']): Value {
  const byWord = transpose(logits, [1, 0]);
  const most = Math.max(...labelWords.map((words) => words.length));
  // The n-th word of each class; a class that has fewer is asked for its first again, which changes no maximum.
  const ofEach = Array.from({ length: most }, (_, n) => {
    const ids = labelWords.map((words) => words[n] ?? words[0]!);
    return takeRows(byWord, constant(int64Tensor([ids.length], ids)), { distinct: true });
  });
  const best = ofEach.reduce((a, b) => add(a, relu(subtract(b, a))));
  return transpose(best, [1, 0]);
}
