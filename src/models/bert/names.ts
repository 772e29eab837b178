import type { StoredNames } from '../family.ts';
import { transformerEncoder } from '../transformer-encoder.ts';

/** What the encoder's names begin with. */
const prefix = 'bert';

export const embeddings = `${prefix}.embeddings`;
export const wordEmbeddingName = `${embeddings}.word_embeddings.weight`;
export const positionEmbeddingName = `${embeddings}.position_embeddings.weight`;
export const pooler = `${prefix}.pooler.dense`;
export const predictions = 'cls.predictions';
export const decoderBiasName = `${predictions}.bias`;

/** Names within a layer. */
export const layerNames = {
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attentionOutput: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  intermediate: 'intermediate.dense',
  output: 'output.dense',
  outputNorm: 'output.LayerNorm',
} as const;

export const encoder = transformerEncoder({
  path: `${prefix}.encoder.layer`,
  names: layerNames,
  attentionOutputDropout: true,
});

export const stored: StoredNames = {
  prefix,
  modules: ['embeddings', 'encoder', 'pooler'],
  aliases: {
    [`${embeddings}.position_ids`]: null,
    [`${embeddings}.token_type_ids`]: null,
    [`${predictions}.decoder.weight`]: wordEmbeddingName,
    [`${predictions}.decoder.bias`]: decoderBiasName,
  },
};
