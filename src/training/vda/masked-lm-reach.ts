import type { EncodedExamples } from '../../augmentation/epoch-texts.ts';
import { argument, VdaError } from '../../base/error.ts';
import type { PretrainedModel } from '../../models/pretrained-model.ts';

/**
 * Refuses a masked language model that cannot read the training texts as the model does: it has fewer positions, or fewer
 * token types.
 * @param longest tokens of the longest text that a batch may hold
 * @throws VdaError `bad-input` saying what it reads and what the texts are
 */
export function requireReach(
  { folder, architecture, config }: PretrainedModel,
  { encodings, longest }: Pick<EncodedExamples, 'encodings'> & { readonly longest: number },
): void {
  const positions = architecture.positions(config);
  if (longest > positions) {
    throw new VdaError(
      'bad-input',
      `The masked LM ${folder} has positions for ${positions} tokens, but training texts may have ${longest}. Cut them to ` +
        `${positions} (${argument('maxSeqLength')}), or take the masked LM the model comes from.`,
    );
  }
  const types = architecture.tokenTypes(config);
  if (encodings.some(({ typeIds }) => typeIds.some((type) => type >= types))) {
    throw new VdaError(
      'bad-input',
      `The masked LM ${folder} cannot read pairs of texts: the second text is of another token type, and it has ` +
        `${types} (type_vocab_size in its config.json). Take the masked LM the model comes from.`,
    );
  }
}
