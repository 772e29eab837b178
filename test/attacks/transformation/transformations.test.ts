import { describe, expect, test } from 'vitest';
import type { PieceCandidates, WordCandidates } from '../../../src/attacks/masked-lm.ts';
import type { Vocabulary } from '../../../src/attacks/search/example-tools.ts';
import { substitutes } from '../../../src/attacks/transformation/masked-words.ts';
import { officialSubstitutes } from '../../../src/attacks/transformation/official-words.ts';
import { inCaseOf, splitWord } from '../../../src/attacks/transformation/word-core.ts';

const tokens = [
  'un',
  'good',
  '##able',
  '##like',
  '##ed',
  '[unused1]',
  ',',
  'fine',
  'Good',
  '"',
  '##s',
  '##ly',
  '##x',
  '##ी',
  '❤',
  '##\uFE0F',
  '\uFFFDfilm',
  'film\uFFFD',
  '\u0000film',
  'film\u0085',
  'film,',
  '\u200bfilm',
  'film',
];
const id = (token: string) => tokens.indexOf(token);
const vocabulary: Vocabulary = {
  isContinuation: (token) => tokens[token]!.startsWith('##'),
  isSpecial: (token) => tokens[token]!.startsWith('['),
  textOf: (ids) => ids.map((token) => tokens[token]!.replace('##', '')).join(''),
};
const place = (ranked: Record<string, number>): PieceCandidates => ({
  ids: Object.keys(ranked).map(id),
  logProbs: Object.values(ranked),
});
const wordsFor = (word: string, pieces: string[], candidates: PieceCandidates[], topK = 48) =>
  substitutes(word, { answer: { pieces: pieces.map(id), candidates }, topK, vocabulary });

describe('maskedWords', () => {
  const first = place({ good: -1, '##able': -1.1, '[unused1]': -1.2, fine: -2, Good: -3 });

  test('a word of one piece gets the tokens that begin a word, in the order of the model', () => {
    expect(wordsFor('un', ['un'], [first])).toEqual(['good', 'fine', 'Good']);
  });

  test('only whole words come out: none with a part of a character, a control character or a comma at its side', () => {
    const all = ['\uFFFDfilm', 'film\uFFFD', '\u0000film', 'film\u0085', 'film,', '\u200bfilm', ',', 'film'];
    const ranked = place(Object.fromEntries(all.map((token, rank) => [token, -rank])));
    expect(wordsFor('un', ['un'], [ranked])).toEqual(['film']);
    expect(wordsFor('(Un,', ['un'], [ranked])).toEqual(['(Film,']);
  });

  test('punctuation around the word stays, capitals are carried over, and what becomes equal is tried once', () => {
    const quote = place({ ',': 0 });
    expect(wordsFor('"Un,', ['"', 'un', ','], [quote, first, quote])).toEqual(['"Good,', '"Fine,']);
  });

  test('combining marks belong to the letter before them, and to an emoji before them', () => {
    const [mark, ending, emoji] = [place({ '##ly': 0 }), place({ '##s': -1 }), place({ good: 0 })];
    expect(wordsFor('unी!', ['un', '##ी', ','], [first, mark, ending])).toEqual([
      'goodly!',
      'finely!',
      'Goodly!',
    ]);
    expect(wordsFor('un❤\uFE0F', ['un', '❤', '##\uFE0F'], [first, emoji, mark])).toEqual([
      'good❤\uFE0F',
      'fine❤\uFE0F',
      'Good❤\uFE0F',
    ]);
  });

  test('a word of several pieces gets sequences by falling sum of log-probabilities, K of them', () => {
    const second = place({ '##like': -0.5, good: -0.6, '##ed': -1.2, '##able': -3 });
    // sums: goodlike −1.5, gooded −2.2, finelike −2.5, fineed −3.2, Goodlike −3.5, goodable −4, Gooded −4.2, …
    expect(wordsFor('unable', ['un', '##able'], [first, second], 6)).toEqual([
      'goodlike',
      'gooded',
      'finelike',
      'fineed',
      'Goodlike',
      'goodable',
    ]);
  });

  test.each([
    ['a word that was cut off', 'un', [], []],
    ['punctuation', ',', [','], [first]],
    ['a word of 13 pieces', 'un', Array<string>(13).fill('un'), Array<PieceCandidates>(13).fill(first)],
  ])('%s gets none', (_, word, pieces, candidates) => {
    expect(wordsFor(word, pieces, candidates)).toEqual([]);
  });
});

describe('officialSubstitutes', () => {
  const ranked = place({ good: -1, '##able': -1.1, '[unused1]': -1.2, fine: -2, Good: -3 });
  const start = (answer: WordCandidates, topK: number) => {
    const search = officialSubstitutes(answer, { topK, vocabulary });
    return { search, first: search.next() };
  };
  const sequencesOf = (answer: WordCandidates): readonly (readonly number[])[] => {
    const { first } = start(answer, 48);
    if (first.done || first.value.service !== 'maskedLmLoss') throw new Error('expected sequences to rank');
    const { items } = first.value;
    return Array.from({ length: items.length }, (_, i) => items.at(i)!);
  };

  test('one piece: the top K tokens as they are, without those that go on with a word', () => {
    const { first } = start({ pieces: [id('un')], candidates: [ranked] }, 3);
    expect(first).toEqual({ done: true, value: ['good', '[unused1]'] });
  });

  test('several pieces: the first 24 of the product of 4 candidates each, the last piece varying fastest', () => {
    const four = [1, 2, 5, 7]; // ids of the first four
    const product = four.flatMap((a) => four.flatMap((b) => four.map((c) => [a, b, c])));
    const answer = { pieces: [0, 2, 4], candidates: [ranked, ranked, ranked] };
    expect(sequencesOf(answer)).toEqual(product.slice(0, 24));
  });

  test('several pieces: tried by their loss, the lowest first', () => {
    const { search } = start(
      { pieces: [0, 2], candidates: [place({ good: 0, fine: -1 }), place({ '##ed': 0 })] },
      48,
    );
    expect(search.next([2, 1])).toEqual({ done: true, value: ['fineed', 'gooded'] });
  });

  test('a word of 40 pieces is cut to 12 and makes 24 sequences, not 4¹²', () => {
    const sequences = sequencesOf({
      pieces: Array<number>(40).fill(0),
      candidates: Array<PieceCandidates>(40).fill(ranked),
    });
    expect(sequences).toHaveLength(24);
    expect(sequences.every(({ length }) => length === 12)).toBe(true);
  });
});

test.each([
  ['("Great,', '("', 'Great', ','],
  ["don't", '', "don't", ''],
  ['--', '--', '', ''],
  ['', '', '', ''],
  ['well-made.', '', 'well-made', '.'],
  ['café!', '', 'café', '!'],
  ['«cafe\u0301»', '«', 'cafe\u0301', '»'],
  ['हिन्दी।', '', 'हिन्दी', '।'],
  ['great❤\uFE0F', '', 'great', '❤\uFE0F'],
  ['❤\uFE0F', '❤\uFE0F', '', ''],
  ['(a\n😀b)', '(', 'a\n😀b', ')'],
])('splitWord: %j', (word, before, core, after) => {
  expect(splitWord(word)).toEqual({ before, core, after });
});

// Time by the square of the length would be ten times the limit.
test('splitWord: a long run of punctuation inside takes no longer than one outside', {
  timeout: 5_000,
}, () => {
  const core = `a${'-'.repeat(200_000)}a`;
  expect(splitWord(`${core}!`)).toEqual({ before: '', core, after: '!' });
});

test.each([
  ['good', 'fine', 'fine'],
  ['Good', 'fine', 'Fine'],
  ['GOOD', 'fine', 'FINE'],
  ['I', 'we', 'We'],
  ['good', 'Paris', 'Paris'],
])('inCaseOf: %s, %s gives %s', (core, candidate, expected) => {
  expect(inCaseOf(core, candidate)).toBe(expected);
});
