import { VdaError } from '../base/error.ts';

/**
 * Checks that every token has an embedding. An embedding with more rows than tokens is usual (padded to a round size).
 * @throws VdaError `bad-input` when the tokenizer has more tokens than the embedding has rows
 */
export function checkVocabulary({
  tokenizerSize,
  embeddingRows,
}: {
  readonly tokenizerSize: number;
  readonly embeddingRows: number;
}): void {
  if (tokenizerSize <= embeddingRows) return;
  throw new VdaError(
    'bad-input',
    `The tokenizer has ${tokenizerSize} tokens but the model's word embedding only ${embeddingRows} rows: tokens from ` +
      `${embeddingRows} on would have no embedding. The tokenizer files belong to another model; take the model's own.`,
  );
}
