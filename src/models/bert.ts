import { add, tanh } from '../graph/ops/elementwise.ts';
import { slice } from '../graph/ops/slice.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { linear } from '../nn/linear.ts';
import type { Architecture, Head, ParameterSpec } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import { activation, affine, normalize, tiedDecoder } from './named-layers.ts';
import { bias, dense, embeddingParameters, norm } from './parameter-specs.ts';
import { bertLayerNames, transformerEncoder } from './transformer-encoder.ts';

const encoder = transformerEncoder({
  path: 'bert.encoder.layer',
  names: bertLayerNames,
  attentionOutputDropout: true,
});

/**
 * BERT (Devlin et al. 2019, arXiv:1810.04805) as Hugging Face transformers computes it, with its parameter names
 * (`BertForSequenceClassification`, `BertForMaskedLM` with the decoder tied to the word embeddings).
 */
export const bert: Architecture = {
  wordEmbeddingName: 'bert.embeddings.word_embeddings.weight',
  positionEmbeddingName: 'bert.embeddings.position_embeddings.weight',
  decoderBiasName: 'cls.predictions.bias',
  attentionNames: encoder.attentionNames,
  classNames: { classifier: 'BertForSequenceClassification', maskedLm: 'BertForMaskedLM' },

  tokenTypes: ({ typeVocabSize }) => typeVocabSize,
  positions: ({ maxPositionEmbeddings }) => maxPositionEmbeddings,

  parameters: (config, { head, numLabels }) => [
    ...embeddingParameters('bert.embeddings', config),
    ...encoder.parameters(config),
    ...headParameters(config, { head, numLabels }),
  ],

  embed: (weights, { tokens, typeIds }, { config, dropout }) => {
    const [, length] = tokens.shape;
    const positions = slice(weights['bert.embeddings.position_embeddings.weight']!, {
      axis: 0,
      size: length!,
    });
    const types = takeRows(weights['bert.embeddings.token_type_embeddings.weight']!, typeIds);
    const sum = add(add(tokens, types), positions);
    return dropout(normalize(weights, 'bert.embeddings.LayerNorm', { x: sum, config }), {
      site: 'embeddings',
      probability: config.hiddenDropoutProb,
    });
  },

  encode: encoder.encode,

  classify: (weights, first, { config, dropout }) => {
    const pooled = tanh(linear(first, affine(weights, 'bert.pooler.dense')));
    const probability = config.classifierDropout ?? config.hiddenDropoutProb;
    return linear(dropout(pooled, { site: 'classifier', probability }), affine(weights, 'classifier'));
  },

  maskedLm: (weights, hidden, { config }) => {
    const transformed = activation(config)(
      linear(hidden, affine(weights, 'cls.predictions.transform.dense')),
    );
    const normalized = normalize(weights, 'cls.predictions.transform.LayerNorm', { x: transformed, config });
    return tiedDecoder(weights, normalized, bert);
  },
};

const headParameters = (
  { hiddenSize, vocabSize }: ModelConfig,
  { head, numLabels }: { readonly head: Head; readonly numLabels: number },
): readonly ParameterSpec[] =>
  head === 'classifier'
    ? [
        ...dense('bert.pooler.dense', [hiddenSize, hiddenSize]),
        ...dense('classifier', [numLabels, hiddenSize]),
      ]
    : [
        ...dense('cls.predictions.transform.dense', [hiddenSize, hiddenSize]),
        ...norm('cls.predictions.transform.LayerNorm', hiddenSize),
        bias('cls.predictions', vocabSize),
      ];
