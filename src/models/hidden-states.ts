import type { Value } from '../graph/value.ts';
import type { Architecture, EncoderInputs, ForwardOptions, Weights } from './architecture.ts';

/**
 * All of the encoder on token embeddings: embed, then every layer.
 * Shapes: tokens `[R, T, H]`, typeIds and attentionMask int64 `[R, T]` → `[R, T, H]`, or `[R, 1, H]` with `firstTokenOnly`.
 */
export function hiddenStates(
  architecture: Architecture,
  p: ForwardOptions & {
    readonly weights: Weights;
    readonly inputs: EncoderInputs & { readonly tokens: Value };
    readonly firstTokenOnly?: boolean;
    readonly plainAttention?: boolean;
  },
): Value {
  const { weights, inputs, config, dropout, firstTokenOnly = false, plainAttention = false } = p;
  const options = { config, dropout };
  const hidden = architecture.embed(weights, inputs, options);
  const { attentionMask } = inputs;
  return architecture.encode(
    weights,
    { hidden, attentionMask },
    { ...options, firstTokenOnly, plainAttention },
  );
}
