import { add, tanh } from '../graph/ops/elementwise.ts';
import { gelu } from '../graph/ops/gelu.ts';
import { slice } from '../graph/ops/slice.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { linear } from '../nn/linear.ts';
import type { Architecture, Head, ParameterSpec } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import { affine, normalize, tiedDecoder } from './named-layers.ts';
import { bias, dense, embeddingParameters, norm } from './parameter-specs.ts';
import { bertLayerNames, transformerEncoder } from './transformer-encoder.ts';

const encoder = transformerEncoder({
  path: 'roberta.encoder.layer',
  names: bertLayerNames,
  attentionOutputDropout: true,
});

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
export const roberta: Architecture = {
  wordEmbeddingName: 'roberta.embeddings.word_embeddings.weight',
  positionEmbeddingName: 'roberta.embeddings.position_embeddings.weight',
  attentionNames: encoder.attentionNames,
  decoderBiasName: 'lm_head.bias',
  classNames: { classifier: 'RobertaForSequenceClassification', maskedLm: 'RobertaForMaskedLM' },

  tokenTypes: ({ typeVocabSize }) => typeVocabSize,
  positions: (config) => config.maxPositionEmbeddings - firstPosition(config),

  parameters: (config, { head, numLabels }) => [
    ...embeddingParameters('roberta.embeddings', config),
    ...encoder.parameters(config),
    ...headParameters(config, { head, numLabels }),
  ],

  embed: (weights, { tokens, typeIds }, { config, dropout }) => {
    const [, length] = tokens.shape;
    const positions = slice(weights['roberta.embeddings.position_embeddings.weight']!, {
      axis: 0,
      start: firstPosition(config),
      size: length!,
    });
    const table = weights['roberta.embeddings.token_type_embeddings.weight']!;
    // Of one type there is nothing to look up, and exported models then ask for none.
    const types = config.typeVocabSize === 1 ? slice(table, { axis: 0, size: 1 }) : takeRows(table, typeIds);
    const sum = add(add(tokens, types), positions);
    return dropout(normalize(weights, 'roberta.embeddings.LayerNorm', { x: sum, config }), {
      site: 'embeddings',
      probability: config.hiddenDropoutProb,
    });
  },

  encode: encoder.encode,

  classify: (weights, first, { config, dropout }) => {
    const probability = config.classifierDropout ?? config.hiddenDropoutProb;
    const kept = dropout(first, { site: 'classifier.dense', probability });
    const pooled = tanh(linear(kept, affine(weights, 'classifier.dense')));
    return linear(
      dropout(pooled, { site: 'classifier.out_proj', probability }),
      affine(weights, 'classifier.out_proj'),
    );
  },

  maskedLm: (weights, hidden, { config }) => {
    const transformed = gelu(linear(hidden, affine(weights, 'lm_head.dense'))); // whatever hidden_act is
    return tiedDecoder(
      weights,
      normalize(weights, 'lm_head.layer_norm', { x: transformed, config }),
      roberta,
    );
  },
};

const headParameters = (
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
