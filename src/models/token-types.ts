import { VdaError } from '../base/error.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { PretrainedModel } from './pretrained-model.ts';

/**
 * The model's tokenizer, refusing pairs of texts where it marks the second one by a token type that the model has no
 * embedding for.
 * @throws VdaError `bad-input` where it marks single texts so
 */
export function withTokenTypesOf(
  { architecture, config, folder }: Pick<PretrainedModel, 'architecture' | 'config' | 'folder'>,
  tokenizer: Tokenizer,
): Tokenizer {
  const known = architecture.tokenTypes(config);
  const most = (typeIds: readonly number[]) => Math.max(0, ...typeIds);
  const sized = `config.json says type_vocab_size ${known}`;
  if (most(tokenizer.encode('a').typeIds) >= known) {
    throw new VdaError(
      'bad-input',
      `The tokenizer in ${folder} marks texts by token types that the model has no embedding for (${sized}). The ` +
        "tokenizer files belong to another model; take the model's own.",
    );
  }
  if (most(tokenizer.encode('a', { pair: 'a' }).typeIds) < known) return tokenizer;
  return {
    ...tokenizer,
    encode: (text, options) => {
      if (options?.pair === undefined) return tokenizer.encode(text, options);
      throw new VdaError(
        'unsupported',
        `The model in ${folder} cannot read pairs of texts: its tokenizer marks the second text by a token type of its own, ` +
          `and the model has one type (${sized}). Give single texts, or a model with two token types.`,
      );
    },
  };
}
