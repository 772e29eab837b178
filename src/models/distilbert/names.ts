import type { StoredNames } from '../family.ts';
import { transformerEncoder } from '../transformer-encoder.ts';

/** What the encoder's names begin with. */
const prefix = 'distilbert';

export const embeddings = `${prefix}.embeddings`;
export const wordEmbeddingName = `${embeddings}.word_embeddings.weight`;
export const positionEmbeddingName = `${embeddings}.position_embeddings.weight`;
export const decoderBiasName = 'vocab_projector.bias';

export const encoder = transformerEncoder({
  path: `${prefix}.transformer.layer`,
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

export const stored: StoredNames = {
  prefix,
  modules: ['embeddings', 'transformer'],
  aliases: {
    [`${embeddings}.position_ids`]: null,
    'vocab_projector.weight': wordEmbeddingName,
  },
};
