import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { bytesOf, matchUnits, textOfBytes } from './byte-level-units.ts';
import { type AddedToken, addedTokenSplitter, cached, type PieceModel } from './piece-model.ts';
import { matchWords } from './words.ts';

/** Parts of a byte-level BPE tokenizer, as `tokenizer.json` holds them. */
export interface ByteLevelParts {
  readonly addedTokens: readonly AddedToken[];
  /** The `model` object of `tokenizer.json`: vocabulary and merges. */
  readonly model: Readonly<Record<string, unknown>>;
  /** Puts a space before a text that starts without one. Default false. */
  readonly addPrefixSpace?: boolean;
}

/**
 * What no token that goes on with a word looks like: white space in front, or nothing but punctuation and symbols.
 * U+FFFD, formally a symbol, stands for the bytes of a character that the token holds a part of.
 */
const APART = /^\p{White_Space}|^(?:(?!\uFFFD)[\p{P}\p{S}])+$/u;

/**
 * Byte-level byte-pair encoding, as RoBERTa uses it. A unit of the text (a word with the space before it) is written
 * as UTF-8 bytes, one stand-in character a byte, and merged by @huggingface/tokenizers; units are independent, so
 * each is remembered. A unit belongs to the whitespace-separated word its first visible character stands in;
 * white space alone belongs to none (`wordIds` −1).
 *
 * A token goes on with a word when it has no space in front and is not punctuation alone, which WordPiece too keeps
 * apart from words: `Ġfilm` begins one, `film` and `'s` go on, `,` does neither.
 *
 * Source: Radford et al. 2019 (GPT-2) §2.2; Liu et al. 2019 (arXiv:1907.11692) §4.4.
 */
export const byteLevelModel = (parts: ByteLevelParts): PieceModel => {
  const { addedTokens, model, addPrefixSpace = false } = parts;
  const merger = new HuggingFaceTokenizer(
    { model, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null },
    {},
  );
  const splitAdded = addedTokenSplitter(addedTokens);
  const unitIds = cached((unit) => merger.encode(bytesOf(unit)).ids);

  return {
    textPieces: (text, limit) => {
      const ids: number[] = [];
      const wordIds: number[] = [];
      const words = matchWords(text);
      let word = words.next();
      let w = 0;
      const wordAt = (position: number): number => {
        while (!word.done && word.value.index + word.value[0].length <= position) {
          word = words.next();
          w++;
        }
        return !word.done && word.value.index <= position ? w : -1;
      };
      const push = (some: readonly number[], wordId: number): void => {
        for (const id of some) {
          ids.push(id);
          wordIds.push(wordId);
        }
      };
      let offset = 0;
      for (const part of splitAdded(text)) {
        if (typeof part !== 'string') {
          push([part.id], wordAt(offset + part.blank));
        } else {
          const added = addPrefixSpace && !part.startsWith(' ') ? ' ' : '';
          for (const { 0: unit, index } of matchUnits(`${added}${part}`)) {
            const visible = unit.search(/\P{White_Space}/u);
            push(unitIds(unit), visible < 0 ? -1 : wordAt(offset - added.length + index + visible));
            if (ids.length > limit) return { ids, wordIds };
          }
        }
        offset += part.length;
      }
      return { ids, wordIds };
    },
    isContinuation: (token) => !APART.test(textOfBytes(token)),
    textOf: (tokens) => textOfBytes(tokens.join('')).trimStart(),
  };
};
