import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordDiff } from '../../src/text/word-diff.ts';

const changes = (before: string, after: string) =>
  wordDiff(before, after)
    .filter(({ kind }) => kind === 'changed')
    .map(({ before, after }) => [before.join(' '), after.join(' ')]);

describe('wordDiff', () => {
  it('compares texts of as many words position by position', () => {
    expect(changes('a great film', 'a decent movie')).toEqual([
      ['great', 'decent'],
      ['film', 'movie'],
    ]);
  });

  it('aligns texts of different lengths by what they share', () => {
    expect(changes('one two three four five', 'one 2 2 three 4 five')).toEqual([
      ['two', '2 2'],
      ['four', '4'],
    ]);
  });

  it('shows a word that became several, or none', () => {
    expect(changes('a great film indeed', 'a very good film indeed')).toEqual([['great', 'very good']]);
    expect(changes('a great film', 'a film')).toEqual([['great', '']]);
  });

  it('puts every word of both texts into one piece, in order', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const pieces = wordDiff(before, after);
        expect(pieces.flatMap((piece) => piece.before).join(' ')).toBe(before);
        expect(pieces.flatMap((piece) => piece.after).join(' ')).toBe(after);
        for (const { kind, before: from, after: to } of pieces) {
          expect(from.join(' ') === to.join(' ')).toBe(kind === 'same');
        }
      }),
    );
  });
});
