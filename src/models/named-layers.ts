import { VdaError } from '../base/error.ts';
import { gelu } from '../graph/ops/gelu.ts';
import { gemm } from '../graph/ops/gemm.ts';
import { layerNorm } from '../graph/ops/layer-norm.ts';
import type { Value } from '../graph/value.ts';
import type { Architecture, Weights } from './architecture.ts';
import type { ModelConfig } from './config.ts';

/** Weight and bias of the affine map that the checkpoint keeps under `name`. */
export const affine = (weights: Weights, name: string): { readonly weight: Value; readonly bias: Value } => ({
  weight: weights[`${name}.weight`]!,
  bias: weights[`${name}.bias`]!,
});

/** LayerNorm with the scale and shift that the checkpoint keeps under `name`. Shapes: `[..., H]` → `[..., H]`. */
export const normalize = (
  weights: Weights,
  name: string,
  { x, config }: { readonly x: Value; readonly config: ModelConfig },
): Value =>
  layerNorm(x, {
    gamma: weights[`${name}.weight`]!,
    beta: weights[`${name}.bias`]!,
    epsilon: config.layerNormEps,
  });

/** Masked-LM logits by the word embeddings as output weights, and a bias. Shapes: `[N, H]` → `[N, V]`. */
export const tiedDecoder = (
  weights: Weights,
  states: Value,
  names: Pick<Architecture, 'wordEmbeddingName' | 'decoderBiasName'>,
): Value =>
  gemm(states, weights[names.wordEmbeddingName]!, {
    transposeB: true,
    addend: weights[names.decoderBiasName]!,
  });

/**
 * The activation that the configuration names.
 * @throws VdaError `unsupported` for any but `gelu`
 */
export function activation({ hiddenAct }: ModelConfig): (x: Value) => Value {
  if (hiddenAct === 'gelu') return gelu;
  throw new VdaError(
    'unsupported',
    `config.json asks for hidden_act "${hiddenAct}"; this version computes "gelu" only.`,
  );
}
