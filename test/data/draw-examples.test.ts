import { describe, expect, it } from 'vitest';
import { drawExamples } from '../../src/data/draw-examples.ts';
import { counted, sorted } from './sorted-set.ts';

describe('drawExamples', () => {
  it.each([
    [[600, 600], 300],
    [[60, 60], 40],
    [[12_500, 12_500], 300],
    [[740, 260], 100],
    [[250, 250, 250, 250], 200],
  ])(
    'holds each class of a sorted set within a tenth of its share, of sizes %j a part of %i',
    (counts, count) => {
      const data = sorted(...counts);
      const part = drawExamples(data, { count });
      expect(part).toHaveLength(count);
      for (const [label, size] of counts.entries()) {
        const share = (count * size) / data.examples.length;
        expect(Math.abs(counted(part, label) - share)).toBeLessThanOrEqual(0.1 * share);
      }
    },
  );

  it('holds each class by its share as nearly as whole numbers allow, in small parts, too', () => {
    const data = sorted(60, 60);
    for (let count = 1; count <= 12; count++) {
      const ones = counted(drawExamples(data, { count }), 1);
      expect([Math.floor(count / 2), Math.ceil(count / 2)]).toContain(ones);
    }
  });

  it('makes a smaller draw the beginning of a larger one, and parts by offset add up', () => {
    const data = sorted(70, 30);
    const whole = drawExamples(data, { count: 100 });
    expect(new Set(whole.map(({ id }) => id)).size).toBe(100);
    for (const count of [1, 2, 10, 99]) expect(drawExamples(data, { count })).toEqual(whole.slice(0, count));
    expect(drawExamples(data, { count: 20, offset: 30 })).toEqual(whole.slice(30, 50));
    expect(drawExamples(data, { count: 20, offset: 95 })).toEqual(whole.slice(95));
    expect(drawExamples(data, { count: 1000 })).toEqual(whole);
  });

  it('draws the same examples each time, in an order of its own, each with its id', () => {
    const part = drawExamples(sorted(60, 60), { count: 6 });
    // Of philox4x32; a change here would change which texts results are about, and the name of the draw with it.
    expect(part.map(({ id }) => id)).toEqual([82, 49, 3, 65, 72, 32]);
    expect(part.map(({ id, text }) => text === `text ${id}`)).toEqual(Array(6).fill(true));
  });

  it('takes a set whose order is a draw already from its beginning', () => {
    const data = { ...sorted(60, 60), drawn: true };
    expect(drawExamples(data, { count: 3, offset: 2 }).map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  it.each([
    [{ count: 0 }, /count must be an integer from 1, got 0/],
    [{ count: 1.5 }, /count must be an integer from 1, got 1\.5/],
    [{ count: 1, offset: -1 }, /offset must be an integer from 0, got -1/],
    [{ count: 1, offset: 4 }, /texts\.tsv has only 4 examples, so leaving out 4 leaves none/],
  ])('refuses %j', (part, message) => expect(() => drawExamples(sorted(2, 2), part)).toThrow(message));
});
