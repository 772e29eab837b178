import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawSplits } from '../../src/data/draw-splits.ts';

const sizes = fc.record({
  train: fc.integer({ min: 1, max: 300 }),
  dev: fc.integer({ min: 1, max: 50 }),
  test: fc.integer({ min: 1, max: 50 }),
});

describe('drawSplits', () => {
  it('gives each split its size, none an example of another, whatever the pool', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 3, max: 1000 }), (wanted, count) => {
        const drawn = drawSplits(count, { sizes: wanted, name: 'a set' });
        const all = Object.values(drawn).flat();
        expect(new Set(all).size).toBe(all.length);
        expect(all.every((index) => index >= 0 && index < count)).toBe(true);
        const total = wanted.train + wanted.dev + wanted.test;
        for (const split of ['train', 'dev', 'test'] as const) {
          const own = drawn[split]!;
          if (count >= total) expect(own).toHaveLength(wanted[split]);
          else expect(Math.abs(own.length - (wanted[split] * count) / total)).toBeLessThan(3);
        }
      }),
    );
  });

  it('draws the same for a name and a length, and something else for another name', () => {
    const draw = (name: string) => drawSplits(100, { sizes: { dev: 10, test: 20 }, name });
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    // Of philox4x32 under this name; a change here would change which texts results are about.
    expect(draw('mr all').test!.slice(0, 6)).toEqual([4, 65, 32, 20, 84, 50]);
  });

  it('leaves a pool that one split has to itself as it is, unless it is too large', () => {
    expect(drawSplits(4, { sizes: { test: 4 }, name: 'a' })).toEqual({ test: [0, 1, 2, 3] });
    expect(drawSplits(3, { sizes: { test: 4 }, name: 'a' })).toEqual({ test: [0, 1, 2] });
    expect(drawSplits(100, { sizes: { test: 4 }, name: 'a' }).test).toHaveLength(4);
  });
});
