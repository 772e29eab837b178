import { describe, expect, test } from 'vitest';
import { camelCase, didYouMean, kebabCase, nearest } from '../../src/options/names.ts';

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
