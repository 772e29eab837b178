import { expect, test } from 'vitest';
import { noHomoglyphs } from '../../../src/attacks/constraints/homoglyphs.ts';
import { maxWords } from '../../../src/attacks/constraints/max-words.ts';
import { repeat } from '../../../src/attacks/constraints/repeat.ts';
import { allowedPairs } from '../../../src/attacks/constraints/word-pairs.ts';
import { editText, withEdit } from '../../../src/text/edited-text.ts';

test('repeat: a word that was changed stays', () => {
  const text = withEdit(editText('a good old film'), { start: 1, end: 3, to: 'fine' });
  const may = [0, 1, 2, 3].map((index) => repeat.before!({ text, index, word: text.original[index]! }));
  expect(may).toEqual([true, false, false, true]);
});

test('maxWords: so many, whatever the length', () => {
  const allowed = [0, 1, 2, 3].map((changed) => maxWords(2).limit!({ changed, words: 500 }));
  expect(allowed).toEqual([true, true, false, false]);
});

test.each([
  ['paper', 'sheet', true],
  ['paper', 'p\u0430per', false],
  ['paper', '\uff50aper', false],
  ['paper', 'pa\u200bper', false],
  ['кино', 'фильм', true],
  ['42', '43', true],
])('noHomoglyphs: %s for %s: %s', (from, to, allowed) => {
  expect(noHomoglyphs.allowsSubstitution!(from, to)).toBe(allowed);
});

test('allowedPairs: only what the list names, either way round', () => {
  const rule = allowedPairs('film movie\nen_big en_large\n', { name: 'pairs', content: 'x' });
  expect(rule.allowsSubstitution!('Movie', 'film')).toBe(true);
  expect(rule.allowsSubstitution!('big', 'large')).toBe(true);
  expect(rule.allowsSubstitution!('big', 'movie')).toBe(false);
  expect([rule.allowsReplacing!('Film'), rule.allowsReplacing!('plot')]).toEqual([true, false]);
  expect(() => allowedPairs('one', { name: 'pairs.txt', content: 'x' })).toThrow(/pairs.txt, line 1/);
});
