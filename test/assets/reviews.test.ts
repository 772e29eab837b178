import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Review {
  readonly label: 'positive' | 'negative';
  readonly text: string;
  readonly domain: string;
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
    ['train', 832],
    ['dev', 192],
    ['test', 256],
  ] as const)('%s: %i, balanced in each domain', (part, count) => {
    const reviews = parts[part];
    expect(reviews).toHaveLength(count);
    const cells = new Map<string, number>();
    for (const { domain, label } of reviews) {
      cells.set(`${domain}, ${label}`, (cells.get(`${domain}, ${label}`) ?? 0) + 1);
    }
    expect([...cells.values()]).toEqual(Array.from({ length: 32 }, () => count / 32));
  });

  it('are of 4 to 62 words', () => {
    const lengths = all.map(({ text }) => text.split(/\s+/).length);
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([4, 62]);
  });

  it('never begin with the same four words', () => {
    expect(new Set(all.map((review) => wordsOf(review).slice(0, 4).join(' '))).size).toBe(all.length);
  });

  it('never share more than a third of their words', () => {
    const sets = all.map((review) => new Set(wordsOf(review)));
    const alike: string[] = [];
    for (const [i, a] of sets.entries()) {
      for (let j = 0; j < i; j++) {
        const b = sets[j]!;
        let shared = 0;
        for (const word of a) if (b.has(word)) shared++;
        if (shared > (a.size + b.size - shared) / 3) alike.push(`${all[i]!.text} | ${all[j]!.text}`);
      }
    }
    expect(alike).toEqual([]);
  });
});
