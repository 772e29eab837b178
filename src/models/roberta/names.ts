import { layerNames } from '../bert/names.ts';
import type { StoredNames } from '../family.ts';
import { transformerEncoder } from '../transformer-encoder.ts';

/** What the encoder's names begin with. */
const prefix = 'roberta';

export const embeddings = `${prefix}.embeddings`;
export const wordEmbeddingName = `${embeddings}.word_embeddings.weight`;
export const positionEmbeddingName = `${embeddings}.position_embeddings.weight`;
export const decoderBiasName = 'lm_head.bias';

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
    'lm_head.decoder.weight': wordEmbeddingName,
    'lm_head.decoder.bias': decoderBiasName,
  },
};
