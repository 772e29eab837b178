import { type RandomStream, randomKey, randomStream } from '../../base/random.ts';
import { swaps, type Transformation } from './transformation.ts';
import { splitWord } from './word-core.ts';

/**
 * A word misspelt in four ways, one letter each: two neighbours swapped, one letter replaced, one left out, one put in. Which
 * letters, is drawn for the word's place in its text. Words of one letter are left alone.
 *
 * Source: Gao et al. 2018, §4.2 (its four transformations).
 */
export const misspellings: Transformation = {
  ...{ id: 'misspellings', version: 1 },
  *propose(place, { example }) {
    const { before, core, after } = splitWord(place.text.original[place.index]!);
    const letters = Array.from(core);
    if (letters.length < 2) return [];
    const stream = randomStream(key, { a: example.id, b: place.index });
    const words = misspelt(letters, stream).map((word) => before + word.join('') + after);
    return swaps(place, [...new Set(words)]);
  },
};

const key = randomKey(0, 'misspellings');

function misspelt(letters: readonly string[], stream: RandomStream): readonly (readonly string[])[] {
  const letter = () => String.fromCharCode(97 + stream.nextInt(26));
  const at = (count: number) => stream.nextInt(count);
  const swapped = at(letters.length - 1);
  return [
    letters.with(swapped, letters[swapped + 1]!).with(swapped + 1, letters[swapped]!),
    letters.with(at(letters.length), letter()),
    letters.toSpliced(at(letters.length), 1),
    letters.toSpliced(at(letters.length + 1), 0, letter()),
  ];
}
