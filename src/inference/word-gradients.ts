import { float32Tensor } from '../base/tensor.ts';
import { gradient } from '../graph/gradient.ts';
import { reduceSum } from '../graph/ops/broadcast.ts';
import { constant } from '../graph/ops/constant.ts';
import { multiply } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { stopGradient } from '../graph/ops/stop-gradient.ts';
import { takeAlong } from '../graph/ops/take-along.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { topK } from '../graph/ops/top-k.ts';
import type { Value } from '../graph/value.ts';
import type { Weights } from '../models/architecture.ts';
import { hiddenStates } from '../models/hidden-states.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { noDropout } from '../nn/dropout.ts';
import type { Encoding } from '../text/tokenizer.ts';
import type { inputSpecs } from './forward.ts';

/**
 * The gradient at the token embeddings of the margin between the two best classes, of each text of a batch:
 * ē = ∂(z₁ − z₂)/∂e. Texts do not meet, so one pass back serves all. Shapes: inputs `[R, T]` → `[R, T, H]`.
 */
export function marginGradient(
  { architecture, config }: Pick<PretrainedModel, 'architecture' | 'config'>,
  {
    weights,
    inputs,
  }: { readonly weights: Weights; readonly inputs: Readonly<Record<keyof typeof inputSpecs, Value>> },
): Value {
  const tokens = takeRows(weights[architecture.wordEmbeddingName]!, inputs.ids);
  const options = { config, dropout: noDropout, firstTokenOnly: true };
  const first = hiddenStates(architecture, { weights, inputs: { ...inputs, tokens }, ...options });
  const states = reshape(first, ['batch', config.hiddenSize]);
  const logits = architecture.classify(weights, states, { config, dropout: noDropout });
  const { indices } = topK(stopGradient(logits), 2);
  const signs = constant(float32Tensor([1, 2], [1, -1]));
  const margins = reduceSum(multiply(takeAlong(logits, indices), signs));
  return gradient(margins, { tokens }).tokens!;
}

/**
 * ‖mean over its tokens of ē‖₁ of each word of a text, the last of a pair; words that are cut off are left out.
 *
 * @param p.gradients `[T, H]` of one text
 */
export function normsByWord(
  { wordIds, textIds }: Pick<Encoding, 'wordIds' | 'textIds'>,
  { gradients, width }: { readonly gradients: Float32Array; readonly width: number },
): readonly number[] {
  const attacked = Math.max(...textIds);
  const tokens: number[][] = [];
  for (const [position, word] of wordIds.entries()) {
    if (word < 0 || textIds[position] !== attacked) continue;
    tokens[word] ??= [];
    tokens[word].push(position);
  }
  return Array.from(tokens, (own = []) => {
    let norm = 0;
    for (let h = 0; h < width && own.length > 0; h++)
      norm += Math.abs(own.reduce((sum, at) => sum + gradients[at * width + h]!, 0) / own.length);
    return norm;
  });
}
