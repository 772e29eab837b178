import { describe, expect, test } from 'vitest';
import { mayReplace, type WordRule } from '../../../src/attacks/constraints/constraint.ts';
import type { MaskedLanguageModel } from '../../../src/attacks/masked-lm.ts';
import { recipeIdentity } from '../../../src/attacks/recipe.ts';
import { recipes } from '../../../src/attacks/recipes/index.ts';
import type { RecipeOptions } from '../../../src/attacks/recipes/recipe-by-name.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { renderText } from '../../../src/text/edited-text.ts';

/** Each word is one piece; its candidates are listed by word. */
function listFiller(candidates: Readonly<Record<string, readonly string[]>>): MaskedLanguageModel {
  const tokens = [...new Set(Object.entries(candidates).flatMap(([word, list]) => [word, ...list]))];
  return {
    unmaskedCandidates: async (inputs) =>
      inputs.map(({ words }) =>
        words.map((word) => {
          const list = candidates[word.toLowerCase()] ?? [];
          const ids = list.map((token) => tokens.indexOf(token));
          return { pieces: [tokens.indexOf(word)], candidates: [{ ids, logProbs: ids.map((_, i) => -i) }] };
        }),
      ),
    loss: async () => [],
    isContinuation: (id) => tokens[id]?.startsWith('##') ?? false,
    isSpecial: () => false,
    textOf: (ids) => ids.map((id) => tokens[id] ?? 'x').join(''),
  };
}

/** p(class 0) = Σ of the words' weights, clipped to [0, 1]; words without a weight count 0. */
const weighing = (weights: Readonly<Record<string, number>>): Victim => ({
  labels: ['pos', 'neg'],
  unkToken: '[UNK]',
  classify: async (inputs) =>
    inputs.map(({ text }) => {
      const sum = text.split(' ').reduce((total, word) => total + (weights[word] ?? 0), 0);
      const p = Math.min(1, Math.max(0, sum));
      return [p, 1 - p];
    }),
});

async function attack(
  text: string,
  parts: { victim: Victim; maskedLm: MaskedLanguageModel; options: RecipeOptions },
) {
  const recipe = loadRecipe('bert-attack', parts.options);
  for await (const { outcome } of attackMany([{ id: 0, text, label: 0 }], { ...parts, recipe })) {
    const { status, changes, queries } = outcome;
    return {
      status,
      queries,
      text: renderText(outcome.text),
      changes: changes.map(({ from, to }) => `${from}>${to}`),
    };
  }
  throw new Error('nothing ended');
}

const open = { similarity: ['none'], antonyms: 'none', stopWords: new Set<string>() } as const;
const official = { ...open, preset: 'official' } as const;

describe('bertAttack', () => {
  const victim = weighing({ w: 0.3, x: 0.2, y: 0.2, z: 0.2, a: 0.15, b: 0.1 });

  test('default: the largest drop stays, most important word first, until a flip; queries are n + candidates', async () => {
    const maskedLm = listFiller({ w: ['a', 'b', 'x'], x: ['a', 'z', 'b'], y: [], z: [] });
    // clean 0.9; w is most important: a 0.75, b 0.7, x 0.8: b stays (3 queries).
    // Then x: a 0.65, z 0.7, b 0.6: b stays (3). 2 of 5 words have changed: 0.4 · 5, no more.
    expect(await attack('w x y z _', { victim, maskedLm, options: open })).toEqual({
      status: 'failed',
      changes: ['w>b', 'x>b'],
      text: 'b b y z _',
      queries: 5 + 3 + 3,
    });
  });

  test('the first flip ends it, and candidates after it are not counted', async () => {
    const maskedLm = listFiller({ w: ['a', 'q', 'b'], x: [] });
    const flipping = weighing({ w: 0.4, x: 0.2, a: 0.35, b: 0 });
    // w>a leaves 0.55, w>q 0.2: flipped
    expect(await attack('w x _', { victim: flipping, maskedLm, options: open })).toMatchObject({
      status: 'success',
      changes: ['w>q'],
      queries: 3 + 2,
    });
  });

  test('default: a word that nothing helped stays; official: it becomes the last one tried, uncounted', async () => {
    const maskedLm = listFiller({ w: ['x', 's'], x: [] });
    const stubborn = weighing({ w: 0.4, x: 0.4, s: 0.6 });
    const options = { maxChangeRate: 1 };
    // no candidate lowers 0.8: w>x stays at 0.8, w>s rises to 1
    expect(
      await attack('w x _', { victim: stubborn, maskedLm, options: { ...open, ...options } }),
    ).toMatchObject({
      text: 'w x _',
      changes: [],
    });
    expect(
      await attack('w x _', { victim: stubborn, maskedLm, options: { ...official, ...options } }),
    ).toEqual({
      status: 'failed',
      text: 's x _',
      changes: [],
      queries: 3 + 2,
    });
  });

  test('the last word is attacked by default, not in official mode, where it counts all the same', async () => {
    const maskedLm = listFiller({ w: ['a'] });
    const last = weighing({ w: 0.9 });
    expect(await attack('_ _ w', { victim: last, maskedLm, options: open })).toMatchObject({
      status: 'success',
      queries: 4,
    });
    expect(await attack('_ _ w', { victim: last, maskedLm, options: official })).toMatchObject({
      status: 'nothing-to-change', // as the one word that has a candidate is never reached
      queries: 3,
    });
  });

  test('official: one change more than the rate says', async () => {
    const maskedLm = listFiller({ w: ['b'], x: ['b'], y: ['b'], z: ['b'] });
    const strong = weighing({ w: 0.3, x: 0.28, y: 0.26, z: 0.24, b: 0.2 });
    const changes = async (options: RecipeOptions) =>
      (await attack('w x y z _', { victim: strong, maskedLm, options })).changes.length;
    expect(await changes(open)).toBe(2); // ⌊0.4 · 5⌋
    expect(await changes(official)).toBe(3);
    expect(await changes({ ...open, maxChangeRate: 0 })).toBe(0);
  });

  test('official lower-cases and makes white space single; the default leaves both', async () => {
    const maskedLm = listFiller({});
    expect(
      (await attack('A  B\nc', { victim: weighing({ a: 1, A: 1 }), maskedLm, options: official })).text,
    ).toBe('a b c');
    expect((await attack('A  B\nc', { victim: weighing({ A: 1 }), maskedLm, options: open })).text).toBe(
      'A  B\nc',
    );
  });

  test('the default recipe refuses antonyms, unrelated and function words, offline', async () => {
    const maskedLm = listFiller({ good: ['bad', 'not', 'the', 'purple', '!', '##s', 'Good', 'great'] });
    const judge = weighing({ film: 0.2, good: 0.4, great: 0.1 });
    expect(await attack('good film _', { victim: judge, maskedLm, options: {} })).toMatchObject({
      status: 'success',
      changes: ['good>great'],
      queries: 3 + 1,
    });
    expect(loadRecipe('bert-attack').filters).toEqual([
      expect.stringMatching(/^stop words/),
      'related in WordNet 3.1',
      'no antonyms (WordNet 3.1)',
    ]);
  });

  test('official takes a stop word as it is written', () => {
    const mayReplaceIn = (options: RecipeOptions) =>
      mayReplace(
        loadRecipe('bert-attack', { ...options, similarity: ['none'] }).constraints as readonly WordRule[],
        'don’t',
      );
    expect(mayReplaceIn({})).toBe(false);
    expect(mayReplaceIn({ preset: 'official' })).toBe(true);
  });

  test.each([
    [
      { similarity: ['wordnt'] },
      /Similarity from "wordnt": there is no such file\. Expected wordnet, none, or the path/,
    ],
    [{ similarity: ['/'] }, /Similarity from "\/": it is a folder/],
    [
      { antonyms: 'wordnt' },
      /Antonyms from "wordnt": there is no such file\. Expected wordnet, none, or the path/,
    ],
  ])('%j is refused in words', (options, message) =>
    expect(() => loadRecipe('bert-attack', options)).toThrow(message),
  );

  test('says which choices decide results, and where official departs', () => {
    const content = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(recipeIdentity(loadRecipe('bert-attack'))).toEqual({
      ...{ id: 'bert-attack', version: 3 },
      settings: { preset: 'default', queryBudget: null },
      parts: {
        goal: { id: 'untargeted', version: 2 },
        search: {
          ...{ id: 'greedy-by-importance', version: 1 },
          settings: { hideBehind: 'unk', asks: 'first-flip' },
        },
        transformations: [{ id: 'masked-words', version: 3, settings: { topK: 48 } }],
        constraints: [
          { id: 'max-change-rate', version: 1, settings: { rate: 0.4 } },
          { id: 'whole-word', version: 2 },
          { id: 'stop-words', version: 2, settings: { words: 'default', asWritten: false } },
          { id: 'wordnet-related', version: 2, content },
          { id: 'wordnet-antonyms', version: 2, content },
        ],
      },
    });
    expect(loadRecipe('bert-attack', official).filters).toEqual([]);
    const departures = recipes['bert-attack'].departures!.official!;
    expect(new Set(departures.map(({ what }) => what)).size).toBe(departures.length);
  });

  test.each([
    [{ maxCandidates: 0 }, /maxCandidates/],
    [{ maxChangeRate: 1.1 }, /maxChangeRate: expected a number at least 0 and at most 1, got 1.1/],
    [{ maxChangeRate: Number.NaN }, /maxChangeRate/],
    [{ queryBudget: -1 }, /queryBudget: expected a whole number at least 0, got -1/],
    [{ similarityThreshold: 2 }, /similarityThreshold: expected a number at least -1 and at most 1, got 2/],
  ])('refuses %j', (options, message) => {
    expect(() => loadRecipe('bert-attack', options)).toThrow(message);
  });
});
