import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches, sortedBatches } from '../../src/data/batching.ts';

const anyLengths = fc.array(fc.nat(60), { maxLength: 200 });
const everyIndex = (lengths: readonly number[]) => lengths.map((_, i) => i);
const ascending = (indices: readonly number[]) => indices.toSorted((a, b) => a - b);
const seeded = { seed: 1, numRuns: 200 };

describe('planBatches', () => {
  it('has each example once, in full batches but for one, whatever the options', () => {
    const options = fc.record({
      batchSize: fc.integer({ min: 1, max: 17 }),
      seed: fc.nat(),
      epoch: fc.nat(9),
      shuffle: fc.boolean(),
      window: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(anyLengths, options, (lengths, plan) => {
        const batches = planBatches(lengths, plan);
        expect(ascending(batches.flat())).toEqual(everyIndex(lengths));
        const sizes = batches.map((batch) => batch.length).sort((a, b) => b - a);
        expect(sizes.slice(0, -1).every((size) => size === plan.batchSize)).toBe(true);
        expect(batches.length).toBe(Math.ceil(lengths.length / plan.batchSize));
      }),
      seeded,
    );
  });

  it('keeps file order without shuffling', () => {
    const plan = { batchSize: 2, seed: 5, epoch: 3, shuffle: false };
    expect(planBatches([9, 1, 5], plan)).toEqual([[0, 1], [2]]);
  });

  it('sorts by length inside a window and mixes the batches', () => {
    const lengths = Array.from({ length: 400 }, (_, i) => (i * 37) % 101);
    const batches = planBatches(lengths, { batchSize: 4, seed: 0, epoch: 0, shuffle: true, window: 100 });
    // One window holds everything, so the batches are the sorted lengths cut in fours, in another order.
    const sortedCut = lengths.toSorted((a, b) => a - b);
    const byFirst = batches
      .map((batch) => batch.map((i) => lengths[i]!))
      .sort((a, b) => a[0]! - b[0]! || a[3]! - b[3]!);
    expect(byFirst.flat()).toEqual(sortedCut);
    expect(batches.flat().map((i) => lengths[i]!)).not.toEqual(sortedCut);
  });

  it('pads less than random order does', () => {
    const lengths = Array.from({ length: 1600 }, (_, i) => 1 + ((i * 7919) % 200));
    const padded = (window: number) =>
      planBatches(lengths, { batchSize: 16, seed: 0, epoch: 0, shuffle: true, window })
        .map((batch) => batch.length * Math.max(...batch.map((i) => lengths[i]!)))
        .reduce((a, b) => a + b);
    const tokens = lengths.reduce((a, b) => a + b);
    // Sorting 800 lengths spread evenly over 200 leaves at most 4 steps of 16 positions each.
    expect(padded(50)).toBeLessThan(tokens * 1.05);
    expect(padded(1)).toBeGreaterThan(tokens * 1.5);
  });

  it('puts other examples together in each epoch of a small data set', () => {
    const lengths = Array.from({ length: 256 }, (_, i) => i);
    const neighboursOf = (epoch: number) => {
      const batches = planBatches(lengths, { batchSize: 16, seed: 0, epoch, shuffle: true });
      return new Set(batches.find((batch) => batch.includes(0)));
    };
    const [first, second] = [neighboursOf(0), neighboursOf(1)];
    // With everything in one window both would be the 16 shortest; two windows' worth of 16 batches leave a few in common.
    expect([...first].filter((i) => second.has(i)).length).toBeLessThan(12);
  });

  it('depends on seed and epoch, and on nothing else', () => {
    const lengths = Array.from({ length: 64 }, (_, i) => i % 7);
    const plan = (seed: number, epoch: number) =>
      JSON.stringify(planBatches(lengths, { batchSize: 4, seed, epoch, shuffle: true }));
    expect(plan(1, 2)).toBe(plan(1, 2));
    expect(new Set([plan(1, 1), plan(1, 2), plan(2, 1), plan(2, 2)]).size).toBe(4);
  });

  it.each([0, 1.5, Number.NaN])('refuses a batch size of %d', (batchSize) => {
    expect(() => planBatches([1], { batchSize, seed: 0, epoch: 0, shuffle: false })).toThrow(
      /batchSize.*positive integer/,
    );
  });
});

describe('sortedBatches', () => {
  it('has each example once, longest first, within both bounds unless one example is too long', () => {
    const bounds = fc.record({
      maxTokens: fc.integer({ min: 1, max: 200 }),
      maxRows: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(anyLengths, bounds, (lengths, { maxTokens, maxRows }) => {
        const batches = sortedBatches(lengths, { maxTokens, maxRows });
        expect(ascending(batches.flat())).toEqual(everyIndex(lengths));
        const inOrder = batches.flat().map((i) => lengths[i]!);
        expect(inOrder).toEqual(lengths.toSorted((a, b) => b - a));
        for (const batch of batches) {
          const padded = batch.length * lengths[batch[0]!]!;
          expect(batch.length === 1 || (batch.length <= maxRows && padded <= maxTokens)).toBe(true);
        }
      }),
      seeded,
    );
  });

  it('fills batches to the token bound', () => {
    expect(sortedBatches([2, 5, 2, 5, 2, 2], { maxTokens: 10, maxRows: 4 })).toEqual([
      [1, 3],
      [0, 2, 4, 5],
    ]);
  });

  it('puts examples without a token under the row bound', () => {
    expect(sortedBatches([0, 0, 0], { maxTokens: 10, maxRows: 2 })).toEqual([[0, 1], [2]]);
  });
});
