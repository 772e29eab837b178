import { relu } from '../../graph/ops/elementwise.ts';
import { linear } from '../../nn/linear.ts';
import type { Architecture, Head, ParameterSpec } from '../architecture.ts';
import type { ModelConfig } from '../config.ts';
import { activation, affine, normalize, tiedDecoder } from '../named-layers.ts';
import { bias, dense, norm } from '../parameter-specs.ts';
import { decoderBiasName, wordEmbeddingName } from './names.ts';

/** A ReLU layer, which stands for the pooler, and a linear one. */
export const classify: Architecture['classify'] = (weights, first, { config, dropout }) => {
  const pooled = relu(linear(first, affine(weights, 'pre_classifier')));
  const probability = config.classifierDropout ?? config.hiddenDropoutProb;
  return linear(dropout(pooled, { site: 'classifier', probability }), affine(weights, 'classifier'));
};

/** A layer, LayerNorm, and the word embeddings as output weights. */
export const maskedLm: Architecture['maskedLm'] = (weights, hidden, { config }) => {
  const transformed = activation(config)(linear(hidden, affine(weights, 'vocab_transform')));
  const normalized = normalize(weights, 'vocab_layer_norm', { x: transformed, config });
  return tiedDecoder(weights, normalized, { wordEmbeddingName, decoderBiasName });
};

/** Parameters of the head alone. */
export const headParameters = (
  { hiddenSize, vocabSize }: ModelConfig,
  { head, numLabels }: { readonly head: Head; readonly numLabels: number },
): readonly ParameterSpec[] =>
  head === 'classifier'
    ? [...dense('pre_classifier', [hiddenSize, hiddenSize]), ...dense('classifier', [numLabels, hiddenSize])]
    : [
        ...dense('vocab_transform', [hiddenSize, hiddenSize]),
        ...norm('vocab_layer_norm', hiddenSize),
        bias('vocab_projector', vocabSize),
      ];
