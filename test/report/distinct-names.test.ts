import { expect, it } from 'vitest';
import { distinctNames } from '../../src/report/distinct-names.ts';

const named = (...items: readonly (readonly [name: string, second?: string])[]) =>
  distinctNames(items, { name: ([name]) => name, secondName: ([, second]) => second });

it.each([
  ['as they are', [['plain'], ['vda', 'WordNet']], ['plain', 'vda']],
  [
    'by a second name that tells all of a name apart',
    [['plain', 'WordNet'], ['vda'], ['plain', 'own.json']],
    ['plain, WordNet', 'vda', 'plain, own.json'],
  ],
  [
    'by number where two have one second name',
    [
      ['a', 'x'],
      ['a', 'y'],
      ['a', 'x'],
    ],
    ['a (1)', 'a (2)', 'a (3)'],
  ],
  ['by number where one has none', [['a', 'x'], ['a']], ['a (1)', 'a (2)']],
] as const)('names are told apart %s', (_, items, names) => {
  expect(named(...items)).toEqual(names);
});
