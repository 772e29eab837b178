import { splitWord } from '../transformation/word-core.ts';
import type { Constraint } from './constraint.ts';

/** Vowels to the eye that sound as consonants, and the other way round. */
const soundsConsonant = /^(?:uni|use|usu|ut[ei]|eu|one|once|u[bfkrs][aeiou])/;
const soundsVowel = /^(?:hour|honest|hono|heir)/;

const beginsWithVowel = (word: string): boolean => {
  const form = word.toLowerCase();
  return soundsVowel.test(form) || (/^[aeiou]/.test(form) && !soundsConsonant.test(form));
};

/**
 * After *a* and *an* stands a word that begins as the one it replaces: no *a excellent*, no *an film*.
 *
 * Source: the project's own; English spelling with its frequent exceptions.
 */
export const keepsArticle: Constraint = {
  ...{ id: 'article', version: 1 },
  name: 'a and an fit',
  after: ({ edit, original, from, to }) => {
    if (edit.start === 0 || edit.end !== edit.start + 1) return true;
    const before = splitWord(original.original[edit.start - 1]!);
    if (before.after !== '' || !/^an?$/i.test(before.core)) return true;
    return beginsWithVowel(from) === beginsWithVowel(to);
  },
};
