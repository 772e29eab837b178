import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stratifiedOrder } from '../../src/data/stratified-order.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The largest distance of a class's count from its share, over all classes and first parts. */
function furthest(classes: readonly number[], order: readonly number[]): number {
  const names = [...new Set(classes)];
  const total = new Map(names.map((name) => [name, classes.filter((one) => one === name).length]));
  const seen = new Map(names.map((name) => [name, 0]));
  let most = 0;
  for (const [i, item] of order.entries()) {
    seen.set(classes[item]!, seen.get(classes[item]!)! + 1);
    for (const name of names) {
      most = Math.max(most, Math.abs(((i + 1) * total.get(name)!) / classes.length - seen.get(name)!));
    }
  }
  return most;
}

describe('stratifiedOrder', () => {
  it('holds each class within 1 − 1/(2n − 2) of its share in every first part (Tijdeman 1980), whatever the classes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(6), { minLength: 1, maxLength: 120 }),
        fc.infiniteStream(fc.nat()),
        (classes, keys) => {
          const weight = classes.map(() => keys.next().value as number);
          const order = upTo(classes.length).sort((a, b) => weight[a]! - weight[b]! || a - b);
          const result = stratifiedOrder(classes, { order });
          expect([...result].sort((a, b) => a - b)).toEqual(upTo(classes.length));
          const n = new Set(classes).size;
          const bound = n < 2 ? 0 : 1 - 1 / (2 * n - 2);
          expect(furthest(classes, result)).toBeLessThanOrEqual(bound + 1e-9);
          for (const name of new Set(classes)) {
            const ofClass = (items: readonly number[]) => items.filter((item) => classes[item] === name);
            expect(ofClass(result)).toEqual(ofClass(order)); // within a class nothing moves
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives the beginning of the same order for a smaller count', () => {
    const classes = upTo(100).map((i) => Number(i < 20) + Number(i < 3));
    const order = upTo(100);
    const whole = stratifiedOrder(classes, { order });
    for (const count of [0, 1, 7, 50, 99, 100, 200])
      expect(stratifiedOrder(classes, { order, count })).toEqual(whole.slice(0, count));
  });

  it('begins with the class that has most, and has the rare one at its nearest place', () => {
    // Nine of class 0, one of class 1: k·0.1 rounds to 1 from k = 5 on.
    const classes = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(stratifiedOrder(classes, { order: upTo(10) }).indexOf(0)).toBe(4);
  });
});
