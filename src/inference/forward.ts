import { takeRows } from '../graph/ops/take-rows.ts';
import type { Value, ValueType } from '../graph/value.ts';
import type { Weights } from '../models/architecture.ts';
import { hiddenStates } from '../models/hidden-states.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { noDropout } from '../nn/dropout.ts';

/** Types of a batch as the models read it. */
export const inputSpecs = {
  ids: { dtype: 'int64', shape: ['batch', 'length'] },
  typeIds: { dtype: 'int64', shape: ['batch', 'length'] },
  attentionMask: { dtype: 'int64', shape: ['batch', 'length'] },
} as const satisfies Record<string, ValueType>;

/** The model's last hidden states without dropout. Shapes: inputs `[R, T]` → `[R, T, H]`, or `[R, 1, H]` with `firstTokenOnly`. */
export function forward(
  { architecture, config }: Pick<PretrainedModel, 'architecture' | 'config'>,
  p: {
    readonly weights: Weights;
    readonly inputs: Readonly<Record<keyof typeof inputSpecs, Value>>;
    readonly firstTokenOnly?: boolean;
    readonly plainAttention?: boolean;
  },
): Value {
  const { weights, inputs, firstTokenOnly = false, plainAttention = false } = p;
  const tokens = takeRows(weights[architecture.wordEmbeddingName]!, inputs.ids);
  const options = { config, dropout: noDropout, firstTokenOnly, plainAttention };
  return hiddenStates(architecture, { weights, inputs: { ...inputs, tokens }, ...options });
}
