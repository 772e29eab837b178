import type { LemmaPart } from './wordnet-table.ts';

const afterSibilant = /(?:s|x|z|ch|sh)$/;
const consonantY = /[^aeiou]y$/;
const silentE = /[^eoy]e$/;
/** Comparison by ending is for short words: no *beautifuler*. */
const short = /^[^aeiou]*[aeiouy]+[^aeiou]*(?:[ey]|er|ow|le)?$/;

/** A word with *-s* as English spells it: *pages*, *dishes*, *stories*; with *-o* both ways. */
const withS = (lemma: string): readonly string[] => {
  if (afterSibilant.test(lemma)) return [`${lemma}es`];
  if (consonantY.test(lemma)) return [`${lemma.slice(0, -1)}ies`];
  return lemma.endsWith('o') ? [`${lemma}s`, `${lemma}es`] : [`${lemma}s`];
};

/** A word with an ending that begins with a vowel: a silent *e* falls, *y* becomes *i* but before *i*. */
const withVowel = (lemma: string, ending: string): string => {
  if (lemma.endsWith('ie') && ending === 'ing') return `${lemma.slice(0, -2)}ying`;
  if (silentE.test(lemma)) return lemma.slice(0, -1) + ending;
  if (lemma.endsWith('e') && !ending.startsWith('i')) return lemma + ending.slice(1);
  return consonantY.test(lemma) && !ending.startsWith('i')
    ? `${lemma.slice(0, -1)}i${ending}`
    : lemma + ending;
};

/**
 * The regular inflected forms of a lemma as they are spelt. Doubled consonants (*stopped*) are not among them: WordNet lists those as
 * exceptions.
 *
 * Source: the rules of English spelling that morph(7WN) undoes; it undoes more than they do (*pagees* gives *page*).
 */
export function regularForms(lemma: string, part: LemmaPart): readonly string[] {
  switch (part) {
    case 'noun':
      return lemma.endsWith('man') ? [`${lemma.slice(0, -2)}en`] : withS(lemma);
    case 'verb':
      return [...withS(lemma), withVowel(lemma, 'ing'), withVowel(lemma, 'ed')];
    case 'adjective':
      return short.test(lemma) ? [withVowel(lemma, 'er'), withVowel(lemma, 'est')] : [];
    default:
      return [];
  }
}
