import { expect, it } from 'vitest';
import { duplicateRemarks } from '../../src/data/duplicates.ts';

const set = (name: string, ...rows: readonly (readonly [string, number, string?])[]) => ({
  name,
  examples: rows.map(([text, label, textPair], id) => ({
    id,
    text,
    label,
    ...(textPair !== undefined && { textPair }),
  })),
});

it('counts texts that repeat within a set, and those of a set that an earlier one has', () => {
  const train = set('train', ['good', 1], ['bad', 0], ['good ', 1], ['good', 0]);
  const dev = set('dev', ['bad', 0], ['fine', 1]);
  const test = set('test', ['bad', 1], ['fine', 1], ['dull', 0]);
  expect(duplicateRemarks([train, dev, test])).toEqual([
    'train: 2 of 4 repeat an earlier one, 1 of them with another label.',
    'dev: 1 of 2 are also in train.',
    'test: 1 of 3 are also in train, 1 of them with another label.',
    'test: 2 of 3 are also in dev, 1 of them with another label.',
  ]);
});

it('says nothing of texts that are all different, nor of pairs that share one text', () => {
  const train = set('train', ['who', 1, 'you'], ['who', 0, 'me'], ['who you', 1]);
  expect(duplicateRemarks([train, set('test', ['you', 1, 'who'])])).toEqual([]);
});
