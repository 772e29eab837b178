import { describe, expect, it } from 'vitest';
import { neighbourTable } from '../../../src/attacks/constraints/neighbour-table.ts';
import { wholeWord } from '../../../src/attacks/constraints/whole-word.ts';
import { noCandidate } from '../../../src/strategies/vda/feeds.ts';
import { createRelatedFilter } from '../../../src/training/vda/related-candidates.ts';

const tokens = [
  '[CLS]',
  '[SEP]',
  'good',
  '##ness',
  'fine',
  'bad',
  'the',
  'film',
  'movie',
  '##s',
  'nice',
  'Film',
];
const id = (token: string) => tokens.indexOf(token);
const vocabulary = {
  isSpecial: (token: number) => token < 2,
  isContinuation: (token: number) => tokens[token]!.startsWith('##'),
  textOf: (ids: readonly number[]) => ids.map((token) => tokens[token]!.replace('##', '')).join(''),
};
const table = new Map(
  Object.entries({ good: ['fine', 'nice'], fine: [], nice: [], film: ['movie'], movie: [], bad: [] }),
);
const meaning = neighbourTable(new Map([...table].map(([word, near]) => [word, new Set(near)])));
const filter = createRelatedFilter(vocabulary, [wholeWord, meaning]);

/** The same guesses at every place, best first. */
const guesses = (text: readonly string[], words: readonly string[]) => ({
  ids: Int32Array.from(text.flatMap(() => words.map(id))),
  logProbs: Float32Array.from(text.flatMap(() => words.map((_, i) => -1 - i))),
});

function keptFor(text: readonly string[], words: readonly string[], keep: number) {
  const found = filter(Int32Array.from(text, id), guesses(text, words), { pool: words.length, keep });
  return text.map((_, position) =>
    Array.from({ length: keep }, (_unused, i) => {
      const at = position * keep + i;
      return found.ids[at] === noCandidate ? '-' : `${tokens[found.ids[at]!]} ${found.logProbs[at]}`;
    }),
  );
}

describe('createRelatedFilter', () => {
  it('keeps words that mean about the same, best first, never the word itself or its opposite', () => {
    const text = ['[CLS]', 'the', 'film', 'good', '[SEP]'];
    const words = ['good', 'bad', 'fine', 'the', 'movie', 'Film', 'film', '##s', '[SEP]', 'nice'];
    expect(keptFor(text, words, 2)).toEqual([
      ['-', '-'], // special
      ['-', '-'], // not in the table
      ['movie -5', '-'],
      ['fine -3', 'nice -10'],
      ['-', '-'],
    ]);
  });

  it("takes the default attack's filters unless told", () => {
    const keep = createRelatedFilter(vocabulary);
    const text = ['the', 'film'];
    const found = keep(Int32Array.from(text, id), guesses(text, ['bad', 'film', 'movie']), {
      pool: 3,
      keep: 1,
    });
    expect([...found.ids]).toEqual([noCandidate, id('movie')]);
  });

  it('leaves words of several pieces alone', () => {
    expect(keptFor(['good', '##ness', 'film', '##s'], ['fine', 'movie'], 1)).toEqual([
      ['-'],
      ['-'],
      ['-'],
      ['-'],
    ]);
  });
});
