import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance } from '../../src/base/edit-distance.ts';

describe('editDistance', () => {
  test.each([
    ['', 'abc', 3],
    ['kitten', 'sitting', 3], // k→s, e→i, +g
    ['sede', 'seed', 1], // one swap of neighbours
    ['ca', 'abc', 3], // no part is edited twice: not 2 as in the unrestricted distance
  ])('%j to %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  test('is symmetric, zero only for equal words, and at most the longer length', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
