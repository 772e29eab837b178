import { describe, expect, test } from 'vitest';
import { slices } from '../../src/evaluation/slices.ts';
import { textTraits } from '../../src/evaluation/text-traits.ts';
import { makeRecord } from './make-record.ts';

const isIn = (trait: string, text: string) => textTraits.find((one) => one.trait === trait)!.isIn(text);

describe('textTraits', () => {
  test.each([
    ['negation', "it isn't good", true],
    ['negation', 'does n’t work', true],
    ['negation', 'never dull, without a plot', true],
    ['negation', 'a notable knot', false],
    ['numbers', 'a film of 1994', true],
    ['numbers', 'twenty minutes too long', true],
    ['numbers', 'one of the often tender films', false],
    ['names', 'a film by Steven Spielberg', true],
    ['names', 'Good. Very good', false],
    ['names', 'A plain sentence.', false],
    ['names', 'a film by steven spielberg', undefined],
  ])('%s in "%s": %s', (trait, text, expected) => {
    expect(isIn(trait, text)).toBe(expected);
  });
});

test('slices by what a text holds are there where some texts have it and some do not', () => {
  const of = (id: number, text: string) => makeRecord({ id, status: 'failed', text });
  const found = slices([of(0, 'not good'), of(1, 'very good'), of(2, 'not bad')]);
  expect(found.map(({ by, name, records }) => [by, name, records.length])).toEqual([
    ['words', '2 words', 3],
    ['class', 'good', 3],
    ['negation', 'negation', 2],
    ['negation', 'no negation', 1],
  ]);
});
