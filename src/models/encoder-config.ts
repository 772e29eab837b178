import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import type { EncoderFields } from './config.ts';
import { largestSizes as largest, readFields, size } from './config-schema.ts';

const probability = z.number().min(0).max(1);

// Defaults are those of transformers' configurations, which agree: files leave out what equals them.
const schema = z.looseObject({
  vocab_size: size(largest.vocabulary),
  hidden_size: size(largest.hidden).default(768),
  num_hidden_layers: size(largest.layers).default(12),
  num_attention_heads: size(largest.heads).default(12),
  intermediate_size: size(largest.intermediate).default(3072),
  hidden_act: z.string().default('gelu'),
  hidden_dropout_prob: probability.default(0.1),
  attention_probs_dropout_prob: probability.default(0.1),
  classifier_dropout: probability.nullish(),
  max_position_embeddings: size(largest.positions).default(512),
  type_vocab_size: size(largest.tokenTypes).default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  pad_token_id: z.int().min(0).max(largest.vocabulary).nullable().default(0),
  position_embedding_type: z.string().optional(),
  is_decoder: z.boolean().optional(),
});

/**
 * Fields of `config.json` as `BertConfig` of transformers has them, and the configurations that follow it. A family with other
 * defaults puts them before the object, one with other names renames them.
 * @param path where the object came from, for errors
 * @throws VdaError `bad-input` for a field that is missing or wrong, or a hidden size that is not a multiple of the heads;
 *   `unsupported` for a decoder and for relative positions, which would load without complaint and compute something else
 */
export function readEncoderFields(json: object, path: string): EncoderFields {
  const raw = readFields(schema, { json, path });
  const expectations = [
    ['position_embedding_type', raw.position_embedding_type ?? 'absolute', 'absolute'],
    ['is_decoder', raw.is_decoder ?? false, false],
  ] as const;
  for (const [field, got, expected] of expectations) {
    if (got !== expected) {
      throw new VdaError(
        'unsupported',
        `${path}: ${field} must be ${expected}, got ${excerpt(String(got))}. Choose another checkpoint.`,
      );
    }
  }
  if (raw.hidden_size % raw.num_attention_heads !== 0) {
    const sizes = `hidden_size ${raw.hidden_size}, num_attention_heads ${raw.num_attention_heads}`;
    throw new VdaError(
      'bad-input',
      `${path}: hidden_size must be a multiple of num_attention_heads, got ${sizes}.`,
    );
  }
  return {
    vocabSize: raw.vocab_size,
    hiddenSize: raw.hidden_size,
    numHiddenLayers: raw.num_hidden_layers,
    numAttentionHeads: raw.num_attention_heads,
    intermediateSize: raw.intermediate_size,
    hiddenAct: raw.hidden_act,
    hiddenDropoutProb: raw.hidden_dropout_prob,
    attentionProbsDropoutProb: raw.attention_probs_dropout_prob,
    classifierDropout: raw.classifier_dropout ?? null,
    maxPositionEmbeddings: raw.max_position_embeddings,
    typeVocabSize: raw.type_vocab_size,
    layerNormEps: raw.layer_norm_eps,
    initializerRange: raw.initializer_range,
    padTokenId: raw.pad_token_id,
  };
}

/** The inverse of {@link readEncoderFields}. */
export const writeEncoderFields = (config: EncoderFields) => ({
  vocab_size: config.vocabSize,
  hidden_size: config.hiddenSize,
  num_hidden_layers: config.numHiddenLayers,
  num_attention_heads: config.numAttentionHeads,
  intermediate_size: config.intermediateSize,
  hidden_act: config.hiddenAct,
  hidden_dropout_prob: config.hiddenDropoutProb,
  attention_probs_dropout_prob: config.attentionProbsDropoutProb,
  classifier_dropout: config.classifierDropout,
  max_position_embeddings: config.maxPositionEmbeddings,
  type_vocab_size: config.typeVocabSize,
  layer_norm_eps: config.layerNormEps,
  initializer_range: config.initializerRange,
  pad_token_id: config.padTokenId,
});
