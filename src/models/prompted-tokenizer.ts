import type { Encoding, Tokenizer } from '../text/tokenizer.ts';
import type { PromptTokens } from './prompt.ts';

/**
 * A tokenizer whose inputs have a prompt around the text: `[CLS] before text after [SEP]`. The text has the less room for it. Tokens
 * of the prompt are of no word and no text, as special ones are.
 */
export function promptedTokenizer(tokenizer: Tokenizer, { before, after }: PromptTokens): Tokenizer {
  const room = before.length + after.length;
  const around = <T>(list: readonly T[], p: { readonly first: T; readonly last: T }): readonly T[] => [
    ...list.slice(0, 1),
    ...before.map(() => p.first),
    ...list.slice(1, -1),
    ...after.map(() => p.last),
    ...list.slice(-1),
  ];
  return {
    ...tokenizer,
    encode: (text, options = {}): Encoding => {
      const { maxLength } = options;
      const bare = tokenizer.encode(text, {
        ...options,
        ...(maxLength !== undefined && { maxLength: maxLength - room }),
      });
      const none = { first: -1, last: -1 };
      return {
        ids: [...bare.ids.slice(0, 1), ...before, ...bare.ids.slice(1, -1), ...after, ...bare.ids.slice(-1)],
        typeIds: around(bare.typeIds, { first: bare.typeIds[0]!, last: bare.typeIds.at(-1)! }),
        wordIds: around(bare.wordIds, none),
        textIds: around(bare.textIds, none),
        truncated: bare.truncated,
      };
    },
  };
}
