import { describe, expect, test } from 'vitest';
import { constraintAsks, parseConstraint } from '../../../src/attacks/constraints/catalog.ts';
import { loadConstraints } from '../../../src/runs/lexica/named-constraints.ts';
import { temporaryFile } from '../../data/files.ts';

describe('parseConstraint', () => {
  test('reads a name, with the usual value or one that is given', () => {
    expect(parseConstraint('inflection')).toEqual({ name: 'inflection', value: undefined });
    expect(parseConstraint('synonyms')).toEqual({ name: 'synonyms', value: 2 });
    expect(parseConstraint('synonyms=1')).toEqual({ name: 'synonyms', value: 1 });
    expect(parseConstraint('pairs=a=b.txt')).toEqual({ name: 'pairs', value: 'a=b.txt' });
    expect(constraintAsks('perplexity', 'maskedLm')).toBe(true);
    expect(constraintAsks('perplexity', 'encoder')).toBe(false);
  });

  test.each([
    ['synonym', /constraints: expected one of repeat, .*; got "synonym"/],
    ['repeat=2', /repeat without a value/],
    ['max-words', /max-words= and a whole number at least 1/],
    ['max-words=1.5', /whole number/],
    ['change-rate=2', /a number from 0 to 1/],
    ['perplexity=', /got "perplexity="/],
    ['pairs', /pairs=FILE/],
  ])('refuses %s', (said, message) => {
    expect(() => parseConstraint(said)).toThrow(message);
  });
});

test('loadConstraints makes what is named, cheap ones first', () => {
  const pairs = temporaryFile('pairs.txt', 'film movie\n');
  const said = [
    'sentence-similarity=0.9',
    'perplexity',
    'inflection',
    `pairs=${pairs}`,
    'known-words',
    'repeat',
  ];
  const ids = loadConstraints(said).map(({ id }) => id);
  expect(ids).toEqual([
    ...['repeat', 'known-words', 'allowed-pairs', 'inflection', 'sentence-similarity', 'perplexity'],
  ]);
  expect(() => loadConstraints(['pairs=/nowhere'])).toThrow(/Pairs from/);
});
