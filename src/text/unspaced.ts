/** Scripts that are written without spaces between words. Korean has them, and so has Vietnamese. */
const unspacedLetter =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/gu;
const letter = /\p{L}/gu;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** How many words Unicode's rules and their dictionaries (UAX #29, ICU) find for one that stands between spaces. */
const manyWordsForOne = 1.5;

/**
 * Whether a text puts no spaces between its words: most of its letters are of a script that does not, and what stands between
 * spaces are several words. Chinese that a segmenter has cut into words by spaces is none.
 */
export function isUnspaced(text: string): boolean {
  const found = text.match(unspacedLetter)?.length ?? 0;
  if (found === 0 || 2 * found <= text.match(letter)!.length) return false;
  const words = [...segmenter.segment(text)].filter(({ isWordLike }) => isWordLike).length;
  const chunks = text.match(/\S*[\p{L}\p{N}]\S*/gu)?.length ?? 0;
  return words > manyWordsForOne * chunks;
}
