import { add, relu } from '../graph/ops/elementwise.ts';
import { slice } from '../graph/ops/slice.ts';
import { linear } from '../nn/linear.ts';
import type { Architecture, Head, ParameterSpec } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import { activation, affine, normalize, tiedDecoder } from './named-layers.ts';
import { bias, dense, matrix, norm } from './parameter-specs.ts';
import { transformerEncoder } from './transformer-encoder.ts';

const encoder = transformerEncoder({
  path: 'distilbert.transformer.layer',
  names: {
    query: 'attention.q_lin',
    key: 'attention.k_lin',
    value: 'attention.v_lin',
    attentionOutput: 'attention.out_lin',
    attentionNorm: 'sa_layer_norm',
    intermediate: 'ffn.lin1',
    output: 'ffn.lin2',
    outputNorm: 'output_layer_norm',
  },
  attentionOutputDropout: false,
});

/**
 * DistilBERT (Sanh et al. 2019, arXiv:1910.01108) as Hugging Face transformers computes it, with its parameter names
 * (`DistilBertForSequenceClassification`, `DistilBertForMaskedLM` with the projector tied to the word embeddings). BERT's
 * layers without dropout of the projected attention; no token types; a ReLU layer stands for the pooler.
 *
 * Departure: sinusoidal positions (`sinusoidal_pos_embds`) are read from the checkpoint and trained like learnt ones.
 */
export const distilbert: Architecture = {
  wordEmbeddingName: 'distilbert.embeddings.word_embeddings.weight',
  positionEmbeddingName: 'distilbert.embeddings.position_embeddings.weight',
  attentionNames: encoder.attentionNames,
  decoderBiasName: 'vocab_projector.bias',
  classNames: { classifier: 'DistilBertForSequenceClassification', maskedLm: 'DistilBertForMaskedLM' },

  tokenTypes: () => Number.POSITIVE_INFINITY,
  positions: ({ maxPositionEmbeddings }) => maxPositionEmbeddings,

  parameters: (config, { head, numLabels }) => [
    ...embeddingParameters(config),
    ...encoder.parameters(config),
    ...headParameters(config, { head, numLabels }),
  ],

  embed: (weights, { tokens }, { config, dropout }) => {
    const [, length] = tokens.shape;
    const positions = slice(weights['distilbert.embeddings.position_embeddings.weight']!, {
      axis: 0,
      size: length!,
    });
    const normalized = normalize(weights, 'distilbert.embeddings.LayerNorm', {
      x: add(tokens, positions),
      config,
    });
    return dropout(normalized, { site: 'embeddings', probability: config.hiddenDropoutProb });
  },

  encode: encoder.encode,

  classify: (weights, first, { config, dropout }) => {
    const pooled = relu(linear(first, affine(weights, 'pre_classifier')));
    const probability = config.classifierDropout ?? config.hiddenDropoutProb;
    return linear(dropout(pooled, { site: 'classifier', probability }), affine(weights, 'classifier'));
  },

  maskedLm: (weights, hidden, { config }) => {
    const transformed = activation(config)(linear(hidden, affine(weights, 'vocab_transform')));
    const normalized = normalize(weights, 'vocab_layer_norm', { x: transformed, config });
    return tiedDecoder(weights, normalized, distilbert);
  },
};

const embeddingParameters = (c: ModelConfig): readonly ParameterSpec[] => [
  matrix('distilbert.embeddings.word_embeddings', [c.vocabSize, c.hiddenSize]),
  matrix('distilbert.embeddings.position_embeddings', [c.maxPositionEmbeddings, c.hiddenSize]),
  ...norm('distilbert.embeddings.LayerNorm', c.hiddenSize),
];

const headParameters = (
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
