import { type RandomStream, randomKey, randomStream } from '../../base/random.ts';
import { swaps, type Transformation } from './transformation.ts';
import { splitWord } from './word-core.ts';

/**
 * Four of TextBugger's five bugs, in this order; the fifth, a neighbour of the word, is a transformation of its own.
 *
 * - Insert: a space inside the word. Words of fewer than 6 letters: the halves of longer ones may be words.
 * - Delete: one letter left out, neither the first nor the last.
 * - Swap: two neighbours change places, neither the first nor the last letter among them. Words of more than 4 letters.
 * - Sub-C: one letter gives way to one that looks like it (o → 0, l → 1, a → @), or lies beside it on the keyboard.
 *
 * Which letters, is drawn for the word's place in its text. Source: Li et al. 2019 (arXiv:1812.05271), §III-B.2.
 */
export const bugs: Transformation = {
  ...{ id: 'bugs', version: 1 },
  *propose(place, { example }) {
    const { before, core, after } = splitWord(place.text.original[place.index]!);
    const letters = Array.from(core);
    const stream = randomStream(key, { a: example.id, b: place.index });
    const words = bugsOf(letters, stream).map((word) => before + word.join('') + after);
    return swaps(place, [...new Set(words)]);
  },
};

const key = randomKey(0, 'bugs');

/** Letters that look alike. Source: the paper's three examples, and the digits commonly read for letters. */
const alike: Readonly<Record<string, string>> = {
  ...{ a: '@', b: '6', e: '3', g: '9', i: '1', l: '1', o: '0', s: '5', t: '7', z: '2' },
};
const keyboard = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

function bugsOf(letters: readonly string[], stream: RandomStream): readonly (readonly string[])[] {
  const n = letters.length;
  const found: (readonly string[])[] = [];
  if (n >= 2 && n < 6) found.push(letters.toSpliced(1 + stream.nextInt(n - 1), 0, ' '));
  if (n >= 3) found.push(letters.toSpliced(1 + stream.nextInt(n - 2), 1));
  if (n > 4) {
    const at = 1 + stream.nextInt(n - 3);
    found.push(letters.with(at, letters[at + 1]!).with(at + 1, letters[at]!));
  }
  const places = letters.flatMap((letter, at) => {
    const others = substitutesOf(letter.toLowerCase());
    return others.length > 0 ? [{ at, others }] : [];
  });
  if (places.length > 0) {
    const { at, others } = places[stream.nextInt(places.length)]!;
    found.push(letters.with(at, others[stream.nextInt(others.length)]!));
  }
  return found;
}

/** The one that looks like it; where there is none, those beside it on the keyboard. */
function substitutesOf(letter: string): readonly string[] {
  const similar = alike[letter];
  if (similar !== undefined) return [similar];
  const row = keyboard.find((keys) => keys.includes(letter)) ?? '';
  const at = row.indexOf(letter);
  return at < 0 ? [] : [row[at - 1], row[at + 1]].filter((other) => other !== undefined);
}
