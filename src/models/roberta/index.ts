import { add } from '../../graph/ops/elementwise.ts';
import { slice } from '../../graph/ops/slice.ts';
import { takeRows } from '../../graph/ops/take-rows.ts';
import type { ModelConfig } from '../config.ts';
import type { Family } from '../family.ts';
import { normalize } from '../named-layers.ts';
import { embeddingParameters } from '../parameter-specs.ts';
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
import { newMaskedLm } from './new-masked-lm.ts';

/** Row of the position table that the first token takes: those up to the padding token's id are unused. */
const firstPosition = ({ padTokenId }: ModelConfig): number => (padTokenId ?? 1) + 1;

/**
 * RoBERTa (Liu et al. 2019, arXiv:1907.11692) as Hugging Face transformers computes it, with its parameter names
 * (`RobertaForSequenceClassification`, `RobertaForMaskedLM` with the decoder tied to the word embeddings). BERT's layers;
 * positions are counted from `pad_token_id` + 1, token types are the tokenizer's (its own gives 0 for all), and a head of two
 * layers stands for the pooler.
 *
 * Positions are those transformers gives where it gets embeddings rather than ids: p_t = pad + 1 + t. From ids it leaves
 * out padding tokens in counting, which is the same for texts padded on the right, whose padding nothing reads; a text
 * that spells out `<pad>` itself has other positions there.
 */
export const roberta: Family = {
  summary: 'RoBERTa and models of its shape, DistilRoBERTa too: byte-level BPE, no token types',
  classNames: { classifier: 'RobertaForSequenceClassification', maskedLm: 'RobertaForMaskedLM' },
  config,
  stored,
  tokenizerClass: 'RobertaTokenizer',
  newMaskedLm,
  wordEmbeddingName,
  positionEmbeddingName,
  decoderBiasName,
  attentionNames: encoder.attentionNames,

  tokenTypes: ({ typeVocabSize }) => typeVocabSize,
  positions: (config) => config.maxPositionEmbeddings - firstPosition(config),

  parameters: (config, { head, numLabels }) => [
    ...embeddingParameters(embeddings, config),
    ...encoder.parameters(config),
    ...headParameters(config, { head, numLabels }),
  ],

  embed: (weights, { tokens, typeIds }, { config, dropout }) => {
    const [, length] = tokens.shape;
    const positions = slice(weights[positionEmbeddingName]!, {
      axis: 0,
      start: firstPosition(config),
      size: length!,
    });
    const table = weights[`${embeddings}.token_type_embeddings.weight`]!;
    // Of one type there is nothing to look up, and exported models then ask for none.
    const types = config.typeVocabSize === 1 ? slice(table, { axis: 0, size: 1 }) : takeRows(table, typeIds);
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
