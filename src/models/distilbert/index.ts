import { add } from '../../graph/ops/elementwise.ts';
import { slice } from '../../graph/ops/slice.ts';
import type { ParameterSpec } from '../architecture.ts';
import type { ModelConfig } from '../config.ts';
import type { Family } from '../family.ts';
import { normalize } from '../named-layers.ts';
import { matrix, norm } from '../parameter-specs.ts';
import { config } from './config.ts';
import { classify, headParameters, maskedLm } from './heads.ts';
import {
  decoderBiasName,
  embeddings,
  encoder,
  positionEmbeddingName,
  stored,
  wordEmbeddingName,
} from './names.ts';

/**
 * DistilBERT (Sanh et al. 2019, arXiv:1910.01108) as Hugging Face transformers computes it, with its parameter names
 * (`DistilBertForSequenceClassification`, `DistilBertForMaskedLM` with the projector tied to the word embeddings). BERT's
 * layers without dropout of the projected attention; no token types; a ReLU layer stands for the pooler.
 *
 * Departure: sinusoidal positions (`sinusoidal_pos_embds`) are read from the checkpoint and trained like learnt ones.
 */
export const distilbert: Family = {
  summary: 'DistilBERT: half the layers of BERT, no token types, WordPiece',
  classNames: { classifier: 'DistilBertForSequenceClassification', maskedLm: 'DistilBertForMaskedLM' },
  config,
  stored,
  tokenizerClass: 'DistilBertTokenizer',
  newMaskedLm: 'none',
  wordEmbeddingName,
  positionEmbeddingName,
  decoderBiasName,
  attentionNames: encoder.attentionNames,

  tokenTypes: () => Number.POSITIVE_INFINITY,
  positions: ({ maxPositionEmbeddings }) => maxPositionEmbeddings,

  parameters: (config, { head, numLabels }) => [
    ...embeddingParameters(config),
    ...encoder.parameters(config),
    ...headParameters(config, { head, numLabels }),
  ],

  embed: (weights, { tokens }, { config, dropout }) => {
    const [, length] = tokens.shape;
    const positions = slice(weights[positionEmbeddingName]!, { axis: 0, size: length! });
    const normalized = normalize(weights, `${embeddings}.LayerNorm`, { x: add(tokens, positions), config });
    return dropout(normalized, { site: 'embeddings', probability: config.hiddenDropoutProb });
  },

  encode: encoder.encode,
  classify,
  maskedLm,
};

const embeddingParameters = (c: ModelConfig): readonly ParameterSpec[] => [
  matrix(`${embeddings}.word_embeddings`, [c.vocabSize, c.hiddenSize]),
  matrix(`${embeddings}.position_embeddings`, [c.maxPositionEmbeddings, c.hiddenSize]),
  ...norm(`${embeddings}.LayerNorm`, c.hiddenSize),
];
