import { describe, expect, test } from 'vitest';
import { randomMasks } from '../../../../src/attacks/victims/noise/random-masks.ts';
import { randomSynonyms } from '../../../../src/attacks/victims/noise/random-synonyms.ts';
import type { WordNoise } from '../../../../src/attacks/victims/with-smoothing.ts';
import { randomKey, randomStream } from '../../../../src/base/random.ts';

const key = randomKey(0, 'test');
const drawn = (noise: WordNoise, words: readonly string[], times: number) =>
  Array.from({ length: times }, (_, a) => noise.draw(words, randomStream(key, { a })));

describe('randomMasks', () => {
  test.each([
    [0, 5, 0],
    [0.3, 5, 2], // 1.5, rounded up
    [0.3, 8, 2], // 2.4
    [0.9, 10, 9],
    [0.99, 3, 2], // one stays
    [0.9, 1, 0],
    [0.9, 0, 0],
  ])('of rate %d hides of %i words %i', (rate, count, hidden) => {
    const words = Array.from({ length: count }, (_, i) => `w${i}`);
    for (const copy of drawn(randomMasks({ rate, maskToken: '<mask>' }), words, 20)) {
      expect(copy.filter((word) => word === '<mask>')).toHaveLength(hidden);
      copy.forEach((word, i) => {
        expect(['<mask>', words[i]]).toContain(word);
      });
    }
  });

  test('hides each set of words as often', () => {
    const copies = drawn(randomMasks({ rate: 0.5, maskToken: '-' }), ['a', 'b', 'c', 'd'], 6000);
    const counts = new Map<string, number>();
    for (const copy of copies) counts.set(copy.join(''), (counts.get(copy.join('')) ?? 0) + 1);
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(145); // five standard deviations
  });

  test('refuses a rate that hides everything, and no mask token', () => {
    expect(() => randomMasks({ rate: 1, maskToken: '-' })).toThrow(
      'rate: expected a number at least 0 and below 1',
    );
    expect(() => randomMasks({ rate: 0.5, maskToken: '' })).toThrow(
      'maskToken: expected a text that is not empty',
    );
  });
});

describe('randomSynonyms', () => {
  const lexicon = {
    content: 'toy',
    substitutes: (word: string, most: number) =>
      word.toLowerCase() === 'film' ? ['movie', 'picture', 'show'].slice(0, most) : [],
  };

  test('draws a word from itself and those in its place alike; punctuation and capitals stay', () => {
    const copies = drawn(randomSynonyms({ rate: 1, lexicon, most: 2 }), ['Film,', 'dull'], 3000);
    const counts = new Map<string, number>();
    for (const [word, other] of copies) {
      expect(other).toBe('dull');
      counts.set(word!, (counts.get(word!) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['Film,', 'Movie,', 'Picture,']);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130); // five standard deviations
  });

  test('of a rate draws that proportion of words anew', () => {
    const words = Array.from({ length: 10 }, () => 'film');
    const copies = drawn(randomSynonyms({ rate: 0.3, lexicon }), words, 400);
    const changed = copies.map((copy) => copy.filter((word) => word !== 'film').length);
    expect(Math.max(...changed)).toBe(3);
    const mean = changed.reduce((sum, one) => sum + one, 0) / copies.length;
    expect(Math.abs(mean - 3 * 0.75)).toBeLessThan(0.19); // five standard deviations of B(3, ¾)/400
  });
});
