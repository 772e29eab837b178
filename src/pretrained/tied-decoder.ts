import { VdaError } from '../base/error.ts';
import type { ModelConfig } from '../models/config.ts';

/**
 * Refuses a masked language model whose output weights are not its word embeddings: the decoder's own matrix is never read.
 * @throws VdaError `unsupported`
 */
export function requireTiedDecoder(
  { tieWordEmbeddings }: Pick<ModelConfig, 'tieWordEmbeddings'>,
  folder: string,
): void {
  if (tieWordEmbeddings) return;
  throw new VdaError(
    'unsupported',
    `The masked language model in ${folder} has output weights of its own (config.json says tie_word_embeddings false); ` +
      'this version reads those that share the word embeddings. Choose another checkpoint.',
  );
}
