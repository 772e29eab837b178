import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { camelCase, didYouMean, editDistance, kebabCase, nearest } from '../../src/options/names.ts';

describe('camelCase and kebabCase', () => {
  test.each([
    ['learning_rate', 'learningRate', 'learning-rate'],
    ['learning-rate', 'learningRate', 'learning-rate'],
    ['learningRate', 'learningRate', 'learning-rate'],
    ['adam_beta1', 'adamBeta1', 'adam-beta1'],
    ['seed', 'seed', 'seed'],
  ])('%s', (name, camel, kebab) => {
    expect(camelCase(name)).toBe(camel);
    expect(kebabCase(camel)).toBe(kebab);
  });
});

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

describe('nearest', () => {
  const flags = ['learning-rate', 'seed', 'train-file', 'mlm'];
  test.each([
    ['learnign-rate', 'learning-rate'],
    ['Learning_Rate', 'learning-rate'],
    ['sede', 'seed'],
    ['trainfile', 'train-file'],
    ['nlm', 'mlm'],
    ['output-dir', undefined],
    ['x', undefined],
  ])('%s: %s', (name, expected) => {
    expect(nearest(name, flags)).toBe(expected);
  });

  test('didYouMean shows the candidate, or nothing', () => {
    expect(didYouMean('sed', flags, (flag) => `--${flag}`)).toBe(' Did you mean --seed?');
    expect(didYouMean('zzzzz', flags)).toBe('');
  });
});

test.each([
  ['dashes alone', '-'.repeat(200_000)],
  ['dashes before letters', 'a-'.repeat(200_000)],
  ['letters', 'x'.repeat(1_000_000)],
])('names of %s, however many, are read in a moment', (_, name) => {
  const start = performance.now();
  camelCase(name);
  nearest(name, ['learning-rate', 'seed']);
  expect(performance.now() - start).toBeLessThan(1000);
});
