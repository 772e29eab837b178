import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bugs } from '../../../src/attacks/transformation/bugs.ts';
import { editText } from '../../../src/text/edited-text.ts';

const bugsAt = (word: string, id = 0): readonly string[] => {
  const text = editText(word);
  const step = bugs.propose({ text, index: 0, word }, { example: { id } } as never).next();
  if (!step.done) throw new Error('a bug asked a service');
  return step.value.map(({ to }) => to);
};

test('a word of five letters has all four bugs: a space, a letter less, a swap inside, a look-alike', () => {
  const [spaced, shorter, swapped, alike] = bugsAt('movie') as [string, string, string, string];
  expect(spaced.replace(' ', '')).toBe('movie');
  expect(spaced).toMatch(/^\S+ \S+$/);
  expect(shorter).toHaveLength(4);
  expect(['mvoie', 'moive']).toContain(swapped);
  expect([...alike].filter((letter, i) => letter !== 'movie'[i])).toHaveLength(1);
});

test('the first and last letters neither go nor change places', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,9}$/), fc.nat(1000), (word, id) => {
      for (const bug of bugsAt(word, id)) {
        if (bug.length === word.length && [...bug].sort().join() !== [...word].sort().join()) continue; // a look-alike
        expect(bug.at(0)).toBe(word.at(0));
        expect(bug.at(-1)).toBe(word.at(-1));
        if (bug.length === word.length) expect(word.length).toBeGreaterThan(4);
        if (bug.length > word.length) expect(word.length).toBeLessThan(6);
      }
    }),
  );
});

test('punctuation around the word stays, a number has no keyboard neighbours, and draws are those of the example', () => {
  for (const bug of bugsAt('("movie",')) expect(bug).toMatch(/^\("[^"]+",$/);
  expect(bugsAt('--')).toEqual([]);
  expect(bugsAt('1')).toEqual([]);
  expect(bugsAt('watching', 3)).toEqual(bugsAt('watching', 3));
  const drawn = new Set(Array.from({ length: 20 }, (_, id) => bugsAt('watching', id).join()));
  expect(drawn.size).toBeGreaterThan(5);
});
