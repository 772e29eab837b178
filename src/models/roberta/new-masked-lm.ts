import type { NewMaskedLm } from '../family.ts';

/** Where pre-training from scratch starts: as roberta-base, one token type, ε = 1e-5, positions from the padding token's id + 1. */
export const newMaskedLm: NewMaskedLm = {
  pieces: 'byte-level BPE',
  summary: 'RoBERTa with a byte-level BPE vocabulary: case and every character kept',
  // Loaded when it is needed: lists of families, as in help, want a line of this alone.
  learnTokenizer: async (lines, { size, maxLength }) => {
    const { trainByteLevel } = await import('../../text/train-byte-level.ts');
    const { byteLevelTokenizerFiles } = await import('../../text/byte-level-files.ts');
    return byteLevelTokenizerFiles(await trainByteLevel(lines, { size }), { maxLength });
  },
  config: ({ vocabSize, padId, clsId, sepId, maxLength }, sizes) => ({
    vocab_size: vocabSize,
    hidden_size: sizes.hiddenSize,
    num_hidden_layers: sizes.numHiddenLayers,
    num_attention_heads: sizes.numAttentionHeads,
    intermediate_size: sizes.intermediateSize,
    max_position_embeddings: maxLength + padId + 1,
    type_vocab_size: 1,
    layer_norm_eps: 1e-5,
    pad_token_id: padId,
    bos_token_id: clsId,
    eos_token_id: sepId,
  }),
};
