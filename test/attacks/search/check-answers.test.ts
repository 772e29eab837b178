import { describe, expect, test } from 'vitest';
import type { MaskedLanguageModel } from '../../../src/attacks/masked-lm.ts';
import { type AttackManyOptions, attackMany } from '../../../src/attacks/search/attack-many.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import { VdaError } from '../../../src/base/error.ts';
import type { Example } from '../../../src/data/dataset.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { toyMaskedLm, toyVictim } from '../toys.ts';

const recipe = loadRecipe('bert-attack', { similarity: ['none'], antonyms: 'none', stopWords: new Set() });
const examples: readonly Example[] = [0, 1].map((id) => ({ id, text: 'ab cd ef', label: 0 }));

/** What an attack on two texts, with something of it changed, ends in. */
async function thrownBy(
  options: Omit<Partial<AttackManyOptions>, 'victim' | 'maskedLm'> & {
    readonly victim?: object;
    readonly maskedLm?: object;
    readonly examples?: readonly unknown[];
  },
): Promise<unknown> {
  const steady: Victim = { ...toyVictim(1), classify: async (inputs) => inputs.map(() => [0.9, 0.1]) };
  try {
    for await (const _ of attackMany((options.examples ?? examples) as readonly Example[], {
      ...{ recipe, ...options },
      victim: { ...steady, ...options.victim } as Victim,
      maskedLm: { ...toyMaskedLm(1), ...options.maskedLm } as MaskedLanguageModel,
    }));
    return 'no error';
  } catch (error) {
    return error;
  }
}

/** A victim that answers every text so. */
const answering = (row: unknown) => ({
  classify: async (inputs: readonly unknown[]) => inputs.map(() => row),
});

describe('an attack stops, whatever the text, when', () => {
  test.each([
    [
      'the victim answers logits',
      [-2.1, 2.3],
      /\[-2\.1, 2\.3\] to "ab cd ef": some are negative; these may be logits/,
    ],
    ['it answers logits above 0', [2.1, 3.3], /they sum to 5\.4/],
    ['it answers nothing but zeros', [0, 0], /they sum to 0/],
    ['it answers NaN', [Number.NaN, 1], /\[NaN, 1\] .*not all of these are finite/],
    ['it answers an infinite number', [Number.POSITIVE_INFINITY, 0], /not all of these are finite/],
    ['it answers for another number of classes', [0.2, 0.3, 0.5], /3 values for 2 classes/],
    ['it answers strings', ['0.5', '0.5'], /not all of these are numbers/],
    ['it answers an object', { negative: 0.9 }, /an object to .*that is no row of numbers/],
    ['it answers nothing', undefined, /undefined to .*that is no row of numbers/],
    ['it answers a number', 0.7, /0\.7 to .*that is no row of numbers/],
  ])('%s', async (_, row, message) => {
    const thrown = await thrownBy({ victim: answering(row) });
    expect(thrown).toBeInstanceOf(VdaError);
    expect(thrown).toMatchObject({ code: 'bad-input' });
    expect(String(thrown)).toMatch(message);
    expect(String(thrown)).toContain('Expected 2 probabilities, of "class 0", "class 1"');
  });

  test.each([
    ['the victim answers too few rows', { classify: async () => [] }, /0 rows to 1 texts/],
    ['it answers no array', { classify: async () => ({ rows: [] }) }, /an object to 1 texts/],
    ['it has no labels', { labels: [] }, /labels are \[\]; expected the names of its classes, two at least/],
    ['it has one label', { labels: ['good'] }, /labels are \[good\]/],
    ['its labels repeat', { labels: ['good', 'good'] }, /labels are \[good, good\].* no two alike/],
    ['it answers something else', { answers: 'labels' }, /answers is "labels"; expected logits, prob/],
    ['it has no unknown token', { unkToken: '' }, /unkToken is ""/],
    [
      'its numbers have diverged',
      { classify: () => Promise.reject(new VdaError('diverged', 'not finite')) },
      /not finite/,
    ],
  ])('%s', async (_, victim, message) => {
    expect(String(await thrownBy({ victim }))).toMatch(message);
  });

  test.each([
    ['the masked LM answers too few texts', { unmaskedCandidates: async () => [] }, /0 texts to 1 texts/],
    ['it answers too few words', { unmaskedCandidates: async () => [[]] }, /0 words to a text of 3 words/],
    [
      'it has ids without probabilities',
      {
        unmaskedCandidates: async () => [
          Array(3).fill({ pieces: [1], candidates: [{ ids: [1], logProbs: [] }] }),
        ],
      },
      /an object to the word "ab"; expected its pieces/,
    ],
    [
      'its ids are no whole numbers',
      {
        unmaskedCandidates: async () => [
          Array(3).fill({ pieces: [1], candidates: [{ ids: [1.5], logProbs: [0] }] }),
        ],
      },
      /whole numbers/,
    ],
    ['it gives no text', { textOf: () => undefined }, /gave undefined as the text/],
  ])('%s', async (_, maskedLm, message) => {
    const once = {
      unmaskedCandidates: (inputs: Parameters<MaskedLanguageModel['unmaskedCandidates']>[0]) =>
        toyMaskedLm(1).unmaskedCandidates(inputs, { topK: 8 }),
    };
    const thrown = await thrownBy({ maskedLm: { ...once, ...maskedLm }, concurrency: 1 });
    expect(thrown).toBeInstanceOf(VdaError);
    expect(String(thrown)).toMatch(message);
  });

  test('the masked LM answers losses that are none', async () => {
    const official = loadRecipe('bert-attack', { preset: 'official' });
    const thrown = await thrownBy({ recipe: official, maskedLm: { loss: async () => [Number.NaN] } });
    expect(String(thrown)).toMatch(/answered the losses \[NaN\] to \d+ sequences/);
  });

  test.each([
    [
      'an example has a class that the victim has not',
      { label: 2 },
      /Example 0 has the label 2; expected .* from 0 to 1/,
    ],
    ['its class is a name', { label: 'good' }, /has the label "good"/],
    ['it has no text', { text: undefined }, /Example 0 has no text: got undefined/],
  ])('%s', async (_, fields, message) => {
    expect(String(await thrownBy({ examples: [{ ...examples[0]!, ...fields }] }))).toMatch(message);
  });

  test.each([[undefined], ['a good film'], [null]])('an example is %j', async (example) => {
    expect(String(await thrownBy({ examples: [example as never] }))).toMatch(
      /An example is .*; expected an object/,
    );
  });
});

test.each([
  [
    [Number.NaN, 1],
    /not all of these are finite.* Expected 2 logits, of "class 0", "class 1": finite numbers/,
  ],
  [[1, 2, 3], /3 values for 2 classes/],
])('logits %j stop the attack too', async (row, message) => {
  expect(String(await thrownBy({ victim: { ...answering(row), answers: 'logits' } }))).toMatch(message);
});

test('logits are taken of a victim that says it answers them', async () => {
  expect(await thrownBy({ victim: { ...answering([2.1, -3.3]), answers: 'logits' } })).toBe('no error');
});

test('probabilities of 32 bits, or rounded to two decimals, are taken', async () => {
  expect(await thrownBy({ victim: answering(Float32Array.of(0.7, 0.3)) })).toBe('no error');
  const rounded = { ...answering([0.33, 0.33, 0.33]), labels: ['a', 'b', 'c'] };
  expect(await thrownBy({ victim: rounded })).toBe('no error');
});

test('a victim that is an object of a class keeps its own state', async () => {
  class Counting {
    readonly labels = ['a', 'b'];
    readonly unkToken = '[UNK]';
    #asked = 0;
    async classify(inputs: readonly unknown[]) {
      this.#asked += inputs.length;
      return inputs.map(() => [0.9, 0.1]);
    }
    wordsSeen() {
      return this.#asked + 1;
    }
  }
  for await (const { outcome } of attackMany(examples, {
    victim: new Counting(),
    maskedLm: toyMaskedLm(1),
    recipe,
  })) {
    expect(outcome.status).not.toBe('error');
  }
});
