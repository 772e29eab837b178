import { tanh } from '../../graph/ops/elementwise.ts';
import { linear } from '../../nn/linear.ts';
import type { Architecture, Head, ParameterSpec } from '../architecture.ts';
import type { ModelConfig } from '../config.ts';
import { activation, affine, normalize, tiedDecoder } from '../named-layers.ts';
import { bias, dense, norm } from '../parameter-specs.ts';
import { decoderBiasName, pooler, predictions, wordEmbeddingName } from './names.ts';

/** The pooler of `BertModel` and a linear layer. */
export const classify: Architecture['classify'] = (weights, first, { config, dropout }) => {
  const pooled = tanh(linear(first, affine(weights, pooler)));
  const probability = config.classifierDropout ?? config.hiddenDropoutProb;
  return linear(dropout(pooled, { site: 'classifier', probability }), affine(weights, 'classifier'));
};

/** A layer, LayerNorm, and the word embeddings as output weights. */
export const maskedLm: Architecture['maskedLm'] = (weights, hidden, { config }) => {
  const transform = `${predictions}.transform`;
  const transformed = activation(config)(linear(hidden, affine(weights, `${transform}.dense`)));
  const normalized = normalize(weights, `${transform}.LayerNorm`, { x: transformed, config });
  return tiedDecoder(weights, normalized, { wordEmbeddingName, decoderBiasName });
};

/** Parameters of the head alone. */
export const headParameters = (
  { hiddenSize, vocabSize }: ModelConfig,
  { head, numLabels }: { readonly head: Head; readonly numLabels: number },
): readonly ParameterSpec[] =>
  head === 'classifier'
    ? [...dense(pooler, [hiddenSize, hiddenSize]), ...dense('classifier', [numLabels, hiddenSize])]
    : [
        ...dense(`${predictions}.transform.dense`, [hiddenSize, hiddenSize]),
        ...norm(`${predictions}.transform.LayerNorm`, hiddenSize),
        bias(predictions, vocabSize),
      ];
