import { byteLevelTokenizerFiles } from '../text/byte-level-files.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { trainByteLevel } from '../text/train-byte-level.ts';
import { trainWordPiece } from '../text/train-wordpiece.ts';
import { wordPieceTokenizerFiles } from '../text/wordpiece-files.ts';

/** How a masked LM of a family begins where no checkpoint is given. */
export interface NewMaskedLm {
  /** Files of a tokenizer learnt from the texts, by name. */
  readonly learnTokenizer: (
    lines: AsyncIterable<string>,
    options: { readonly size: number; readonly maxLength: number },
  ) => Promise<Readonly<Record<string, string>>>;
  /** What `config.json` says beside the sizes that are asked for. */
  readonly config: (tokenizer: Tokenizer) => Readonly<Record<string, unknown>>;
}

/** Families that can be pre-trained from scratch, by `model_type`. */
export const newMaskedLms = {
  bert: {
    learnTokenizer: async (lines, { size, maxLength }) =>
      wordPieceTokenizerFiles(await trainWordPiece(lines, { size }), { maxLength }),
    config: ({ padId, maxLength }) => ({ max_position_embeddings: maxLength, pad_token_id: padId }),
  },
  // As roberta-base: one token type, ε = 1e-5, positions counted from the padding token's id + 1.
  roberta: {
    learnTokenizer: async (lines, { size, maxLength }) =>
      byteLevelTokenizerFiles(await trainByteLevel(lines, { size }), { maxLength }),
    config: ({ padId, clsId, sepId, maxLength }) => ({
      max_position_embeddings: maxLength + padId + 1,
      type_vocab_size: 1,
      layer_norm_eps: 1e-5,
      pad_token_id: padId,
      bos_token_id: clsId,
      eos_token_id: sepId,
    }),
  },
} as const satisfies Record<string, NewMaskedLm>;
