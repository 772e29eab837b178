import { describe, expect, test } from 'vitest';
import { maxChangeRateAtLeast } from '../../../src/attacks/constraints/change-rate.ts';
import { gradientNorm } from '../../../src/attacks/search/gradient-norm.ts';
import { greedyByImportance } from '../../../src/attacks/search/greedy-by-importance.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import { attackToys, toyRecipe } from '../toy-recipe.ts';

/** Every word but `a` is good for class 0. */
const victim = (norms: readonly number[]): Victim => ({
  ...{ labels: ['0', '1'], unkToken: '[UNK]', answers: 'logits' },
  classify: async (inputs) =>
    inputs.map(({ text }) => [text.split(' ').filter((word) => word !== 'a').length - 1.5, 0]),
  wordGradients: async (inputs) => inputs.map(() => norms),
});
const recipe = (queryBudget?: number) =>
  toyRecipe(greedyByImportance({ ranking: gradientNorm, asks: 'first-flip' }), {
    words: () => ['a'],
    queryBudget,
  });
const examples = [{ id: 0, text: 'x y z', label: 0 }];

describe('gradientNorm', () => {
  test('visits the words of the largest norm first, for one query in all', async () => {
    const found = await attackToys(examples, { recipe: recipe(), victim: victim([0.2, 0.1, 0.3]) });
    expect(found).toEqual([{ status: 'success', text: 'a y a', queries: 1 + 2 }]);
  });

  test('words without a number come last, and the pass back is within the budget', async () => {
    const [unread] = await attackToys(examples, { recipe: recipe(), victim: victim([0, 0.1]) });
    expect(unread).toMatchObject({ text: 'a a z' });
    const [broke] = await attackToys(examples, { recipe: recipe(0), victim: victim([1, 1, 1]) });
    expect(broke).toEqual({ status: 'out-of-queries', text: 'x y z', queries: 0 });
  });

  test('a victim without gradients, or with wrong ones, is told so', async () => {
    const { wordGradients: _, ...without } = victim([]);
    await expect(attackToys(examples, { recipe: recipe(), victim: without })).rejects.toThrow(
      /has no wordGradients/,
    );
    await expect(attackToys(examples, { recipe: recipe(), victim: victim([Number.NaN]) })).rejects.toThrow(
      /answered the gradients .*; expected for each a row of finite numbers/,
    );
  });
});

test('maxChangeRateAtLeast lets so many words change in short texts, and a share in long ones', () => {
  const { limit } = maxChangeRateAtLeast(0.1, 4);
  expect([3, 4].map((changed) => limit!({ changed, words: 20 }))).toEqual([true, false]);
  expect([5, 6].map((changed) => limit!({ changed, words: 60 }))).toEqual([true, false]);
});
