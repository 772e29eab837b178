import type { NewMaskedLm } from '../family.ts';

/** Where pre-training from scratch starts. */
export const newMaskedLm: NewMaskedLm = {
  pieces: 'WordPiece',
  summary: 'BERT with a WordPiece vocabulary, lower-cased',
  // Loaded when it is needed: lists of families, as in help, want a line of this alone.
  learnTokenizer: async (lines, { size, maxLength }) => {
    const { trainWordPiece } = await import('../../text/train-wordpiece.ts');
    const { wordPieceTokenizerFiles } = await import('../../text/wordpiece-files.ts');
    return wordPieceTokenizerFiles(await trainWordPiece(lines, { size }), { maxLength });
  },
  config: ({ vocabSize, padId, maxLength }, sizes) => ({
    vocab_size: vocabSize,
    hidden_size: sizes.hiddenSize,
    num_hidden_layers: sizes.numHiddenLayers,
    num_attention_heads: sizes.numAttentionHeads,
    intermediate_size: sizes.intermediateSize,
    max_position_embeddings: maxLength,
    pad_token_id: padId,
  }),
};
