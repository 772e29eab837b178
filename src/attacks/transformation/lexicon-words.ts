import type { Lexicon } from '../recipes/definition.ts';
import { swaps, type Transformation } from './transformation.ts';
import { inCaseOf, splitWord } from './word-core.ts';

/** The words that a lexicon has in a word's place, in its order; punctuation around the word stays, capitals are carried over. */
export const lexiconWords = (lexicon: Lexicon, { most }: { readonly most: number }): Transformation => ({
  ...{ id: 'lexicon-words', version: 1, settings: { most }, content: lexicon.content },
  *propose(place) {
    const { before, core, after } = splitWord(place.text.original[place.index]!);
    if (core === '') return [];
    const words = lexicon.substitutes(core, most).map((word) => before + inCaseOf(core, word) + after);
    return swaps(place, [...new Set(words)]);
  },
});
