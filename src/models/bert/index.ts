import { add } from '../../graph/ops/elementwise.ts';
import { slice } from '../../graph/ops/slice.ts';
import { takeRows } from '../../graph/ops/take-rows.ts';
import { readEncoderFields, writeEncoderFields } from '../encoder-config.ts';
import type { Family } from '../family.ts';
import { normalize } from '../named-layers.ts';
import { embeddingParameters } from '../parameter-specs.ts';
import { classify, headParameters, maskedLm } from './heads.ts';
import {
  decoderBiasName,
  embeddings,
  encoder,
  positionEmbeddingName,
  stored,
  wordEmbeddingName,
} from './names.ts';
import { newMaskedLm } from './new-masked-lm.ts';

/**
 * BERT (Devlin et al. 2019, arXiv:1810.04805) as Hugging Face transformers computes it, with its parameter names
 * (`BertForSequenceClassification`, `BertForMaskedLM` with the decoder tied to the word embeddings).
 */
export const bert: Family = {
  summary: 'BERT and models of its shape: learned positions, token types, WordPiece',
  classNames: { classifier: 'BertForSequenceClassification', maskedLm: 'BertForMaskedLM' },
  config: { read: readEncoderFields, write: writeEncoderFields },
  stored,
  tokenizerClass: undefined,
  newMaskedLm,
  wordEmbeddingName,
  positionEmbeddingName,
  decoderBiasName,
  attentionNames: encoder.attentionNames,

  tokenTypes: ({ typeVocabSize }) => typeVocabSize,
  positions: ({ maxPositionEmbeddings }) => maxPositionEmbeddings,

  parameters: (config, { head, numLabels }) => [
    ...embeddingParameters(embeddings, config),
    ...encoder.parameters(config),
    ...headParameters(config, { head, numLabels }),
  ],

  embed: (weights, { tokens, typeIds }, { config, dropout }) => {
    const [, length] = tokens.shape;
    const positions = slice(weights[positionEmbeddingName]!, { axis: 0, size: length! });
    const types = takeRows(weights[`${embeddings}.token_type_embeddings.weight`]!, typeIds);
    const sum = add(add(tokens, types), positions);
    return dropout(normalize(weights, `${embeddings}.LayerNorm`, { x: sum, config }), {
      site: 'embeddings',
      probability: config.hiddenDropoutProb,
    });
  },

  encode: encoder.encode,
  classify,
  maskedLm,
};
