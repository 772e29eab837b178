import { z } from 'zod';
import { scalar } from '../../../src/graph/ops/constant.ts';
import { add, multiply, tanh } from '../../../src/graph/ops/elementwise.ts';
import { slice } from '../../../src/graph/ops/slice.ts';
import { takeRows } from '../../../src/graph/ops/take-rows.ts';
import type { ModelConfig } from '../../../src/models/config.ts';
import { readFields } from '../../../src/models/config-schema.ts';
import { readEncoderFields, writeEncoderFields } from '../../../src/models/encoder-config.ts';
import type { Family } from '../../../src/models/family.ts';
import { activation, affine, normalize, tiedDecoder } from '../../../src/models/named-layers.ts';
import { bias, dense, embeddingParameters, norm } from '../../../src/models/parameter-specs.ts';
import { transformerEncoder } from '../../../src/models/transformer-encoder.ts';
import { linear } from '../../../src/nn/linear.ts';

/** What only this family says. */
interface ToyConfig extends ModelConfig {
  /** Factor of the word embeddings. */
  readonly embeddingScale: number;
}

const encoder = transformerEncoder({
  path: 'core.blocks',
  names: {
    query: 'q',
    key: 'k',
    value: 'v',
    attentionOutput: 'o',
    attentionNorm: 'norm1',
    intermediate: 'up',
    output: 'down',
    outputNorm: 'norm2',
  },
  attentionOutputDropout: true,
});

const names = {
  wordEmbeddingName: 'core.tables.word_embeddings.weight',
  positionEmbeddingName: 'core.tables.position_embeddings.weight',
  decoderBiasName: 'guess.bias',
};

const fields = z.looseObject({ embedding_scale: z.number().positive().default(1) });

/** BERT with scaled word embeddings, a field for that, and names of its own for all else: a family of the tests alone. */
export const toy: Family<ToyConfig> = {
  summary: 'a family of the tests',
  classNames: { classifier: 'ToyForSequenceClassification', maskedLm: 'ToyForMaskedLM' },
  config: {
    read: (json, path) => {
      const { width: hidden_size, ...rest } = json as Readonly<Record<string, unknown>>;
      const { embedding_scale: embeddingScale } = readFields(fields, { json, path });
      return { ...readEncoderFields({ ...rest, hidden_size }, path), embeddingScale };
    },
    write: (config) => {
      const { hidden_size: width, ...rest } = writeEncoderFields(config);
      return { ...rest, width, embedding_scale: config.embeddingScale };
    },
  },
  stored: {
    prefix: 'core',
    modules: ['tables', 'blocks', 'first'],
    aliases: { 'guess.matrix.weight': null, 'guess.shift': 'guess.bias' },
  },
  tokenizerClass: 'DistilBertTokenizer',
  newMaskedLm: 'none',
  ...names,
  attentionNames: encoder.attentionNames,

  tokenTypes: ({ typeVocabSize }) => typeVocabSize,
  positions: ({ maxPositionEmbeddings }) => maxPositionEmbeddings,

  parameters: (config, { head, numLabels }) => [
    ...embeddingParameters('core.tables', config),
    ...encoder.parameters(config),
    ...(head === 'classifier'
      ? [
          ...dense('core.first', [config.hiddenSize, config.hiddenSize]),
          ...dense('classifier', [numLabels, config.hiddenSize]),
        ]
      : [
          ...dense('guess.dense', [config.hiddenSize, config.hiddenSize]),
          ...norm('guess.norm', config.hiddenSize),
          bias('guess', config.vocabSize),
        ]),
  ],

  embed: (weights, { tokens, typeIds }, { config, dropout }) => {
    const [, length] = tokens.shape;
    const positions = slice(weights[names.positionEmbeddingName]!, { axis: 0, size: length! });
    const types = takeRows(weights['core.tables.token_type_embeddings.weight']!, typeIds);
    const sum = add(add(multiply(tokens, scalar(config.embeddingScale)), types), positions);
    return dropout(normalize(weights, 'core.tables.LayerNorm', { x: sum, config }), {
      site: 'embeddings',
      probability: config.hiddenDropoutProb,
    });
  },

  encode: encoder.encode,

  classify: (weights, first, { config, dropout }) => {
    const pooled = tanh(linear(first, affine(weights, 'core.first')));
    const kept = dropout(pooled, { site: 'classifier', probability: config.hiddenDropoutProb });
    return linear(kept, affine(weights, 'classifier'));
  },

  maskedLm: (weights, hidden, { config }) => {
    const transformed = activation(config)(linear(hidden, affine(weights, 'guess.dense')));
    return tiedDecoder(weights, normalize(weights, 'guess.norm', { x: transformed, config }), names);
  },
};
