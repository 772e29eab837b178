import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Review {
  readonly label: 'positive' | 'negative';
  readonly text: string;
  readonly domain: string;
  readonly kind: 'plain' | 'implied';
}

const read = (part: string): readonly Review[] =>
  readFileSync(new URL(`../../assets/reviews/${part}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const parts = { train: read('train'), dev: read('dev'), test: read('test') };
const all = Object.values(parts).flat();
const wordsOf = ({ text }: Review) => text.toLowerCase().match(/[a-z']+/g)!;

describe('the embedded reviews', () => {
  it.each([
    ['train', 3088, 384],
    ['dev', 736, 96],
    ['test', 736, 96],
  ] as const)('%s: %i, balanced in each domain, and %i of them implied', (part, count, implied) => {
    const reviews = parts[part];
    expect(reviews).toHaveLength(count);
    const countsBy = (cellOf: (review: Review) => string, some: readonly Review[] = reviews) => {
      const cells = new Map<string, number>();
      for (const review of some) cells.set(cellOf(review), (cells.get(cellOf(review)) ?? 0) + 1);
      return [...cells.values()];
    };
    expect(countsBy(({ label }) => label)).toEqual([count / 2, count / 2]);
    const cells = countsBy(({ domain, label }) => `${domain}, ${label}`);
    expect(cells).toHaveLength(32);
    for (const cell of cells) expect(Math.abs(cell - count / 32)).toBeLessThanOrEqual(0.5);
    const impliedOnes = reviews.filter(({ kind }) => kind === 'implied');
    const even = Array.from({ length: 32 }, () => implied / 32);
    expect(countsBy(({ domain, label }) => `${domain}, ${label}`, impliedOnes)).toEqual(even);
  });

  it('are of 4 to 62 words', () => {
    const lengths = all.map(({ text }) => text.split(/\s+/).length);
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([4, 62]);
  });

  it('never begin with the same four words', () => {
    expect(new Set(all.map((review) => wordsOf(review).slice(0, 4).join(' '))).size).toBe(all.length);
  });

  it('never share more than a third of their words', () => {
    const ids = new Map<string, number>();
    const idOf = (word: string) => ids.get(word) ?? ids.set(word, ids.size).size - 1;
    const sets = all.map((review) => [...new Set(wordsOf(review))].map(idOf));
    const seen = new Int32Array(ids.size).fill(-1); // the last review that had a word
    const alike: string[] = [];
    for (const [i, a] of sets.entries()) {
      for (const word of a) seen[word] = i;
      for (let j = 0; j < i; j++) {
        const b = sets[j]!;
        let shared = 0;
        for (const word of b) if (seen[word] === i) shared++;
        if (shared > (a.length + b.length - shared) / 3) alike.push(`${all[i]!.text} | ${all[j]!.text}`);
      }
    }
    expect(alike).toEqual([]);
  });
});
