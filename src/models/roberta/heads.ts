import { tanh } from '../../graph/ops/elementwise.ts';
import { gelu } from '../../graph/ops/gelu.ts';
import { linear } from '../../nn/linear.ts';
import type { Architecture, Head, ParameterSpec } from '../architecture.ts';
import type { ModelConfig } from '../config.ts';
import { affine, normalize, tiedDecoder } from '../named-layers.ts';
import { bias, dense, norm } from '../parameter-specs.ts';
import { decoderBiasName, wordEmbeddingName } from './names.ts';

/** Two layers on the first token's state: the first stands for the pooler. */
export const classify: Architecture['classify'] = (weights, first, { config, dropout }) => {
  const probability = config.classifierDropout ?? config.hiddenDropoutProb;
  const kept = dropout(first, { site: 'classifier.dense', probability });
  const pooled = tanh(linear(kept, affine(weights, 'classifier.dense')));
  return linear(
    dropout(pooled, { site: 'classifier.out_proj', probability }),
    affine(weights, 'classifier.out_proj'),
  );
};

/** A layer, LayerNorm, and the word embeddings as output weights. */
export const maskedLm: Architecture['maskedLm'] = (weights, hidden, { config }) => {
  const transformed = gelu(linear(hidden, affine(weights, 'lm_head.dense'))); // whatever hidden_act is
  const normalized = normalize(weights, 'lm_head.layer_norm', { x: transformed, config });
  return tiedDecoder(weights, normalized, { wordEmbeddingName, decoderBiasName });
};

/** Parameters of the head alone. */
export const headParameters = (
  { hiddenSize, vocabSize }: ModelConfig,
  { head, numLabels }: { readonly head: Head; readonly numLabels: number },
): readonly ParameterSpec[] =>
  head === 'classifier'
    ? [
        ...dense('classifier.dense', [hiddenSize, hiddenSize]),
        ...dense('classifier.out_proj', [numLabels, hiddenSize]),
      ]
    : [
        ...dense('lm_head.dense', [hiddenSize, hiddenSize]),
        ...norm('lm_head.layer_norm', hiddenSize),
        bias('lm_head', vocabSize),
      ];
