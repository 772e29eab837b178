import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxChangeRate } from '../../../src/attacks/constraints/change-rate.ts';
import { recipeIdentity } from '../../../src/attacks/recipe.ts';
import { ensembleOf } from '../../../src/attacks/recipes/ensemble.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import { byWeightedSaliency } from '../../../src/attacks/search/by-weighted-saliency.ts';
import { greedyByImportance } from '../../../src/attacks/search/greedy-by-importance.ts';
import { hiding } from '../../../src/attacks/search/importance.ts';
import { randomRestarts } from '../../../src/attacks/search/random-restarts.ts';
import { toRecord } from '../../../src/attacks/to-record.ts';
import { attackToys, toyRecipe, toyTexts } from '../toy-recipe.ts';
import { toyVictim } from '../toys.ts';

const members = ({ rate, queryBudget }: { rate: number; queryBudget?: number | undefined }) => {
  const p = { constraints: [maxChangeRate(rate)], queryBudget };
  return [
    { ...toyRecipe(greedyByImportance({ ranking: hiding('unk'), asks: 'first-flip' }), p), id: 'greedy' },
    { ...toyRecipe(byWeightedSaliency, p), id: 'saliency' },
    { ...toyRecipe(randomRestarts({ restarts: 2 }), p), id: 'random' },
  ];
};

describe('worstOf', () => {
  test('is the worst case of runs of each attack alone: who is robust, and the queries of those that ran', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(toyTexts, { minLength: 1, maxLength: 6 }),
        fc.record({
          seed: fc.nat(99),
          rate: fc.constantFrom(0, 0.2, 0.4, 1),
          queryBudget: fc.option(fc.nat(20), { nil: undefined }),
        }),
        async (texts, { seed, rate, queryBudget }) => {
          const victim = toyVictim(seed);
          const examples = texts.map((text, id) => ({ id, text, label: id % 2 }));
          const alone = await Promise.all(
            members({ rate, queryBudget }).map((recipe) => attackToys(examples, { recipe, victim })),
          );
          const recipe = ensembleOf(members({ rate, queryBudget }));
          const found = await attackToys(examples, { recipe, victim, concurrency: 3 });
          for (const [i, { status, text, queries }] of found.entries()) {
            const each = alone.map((run) => run[i]!);
            const first = each.findIndex((ended) => ended.status === 'success');
            expect(status === 'success').toBe(first >= 0);
            expect(status === 'failed').toBe(each.every((ended) => ended.status === 'failed'));
            if (first >= 0) expect(text).toBe(each[first]!.text);
            const ran = first >= 0 ? each.slice(0, first + 1) : each;
            expect(queries).toBe(ran.reduce((sum, ended) => sum + ended.queries, 0));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('keeps how each attack ended, and its identity names them all', async () => {
    const victim = toyVictim(4);
    const recipe = ensembleOf(members({ rate: 0.2 }));
    const examples = Array.from({ length: 20 }, (_, id) => ({
      ...{ id, label: id % 2 },
      text: [...'abcdefgh'].slice(id % 4, 4 + (id % 5)).join(' '),
    }));
    let seen = 0;
    for await (const ended of attackMany(examples, { victim, recipe, clock: () => 0 })) {
      const record = toRecord(ended, { labels: victim.labels, recipe });
      if (record.status === 'skipped') continue;
      const endings = record.members!;
      expect(endings.reduce((sum, { queries }) => sum + queries, 0)).toBe(record.queries);
      expect(endings.map((ending) => ending.recipe)).toEqual(
        ['greedy', 'saliency', 'random'].slice(0, endings.length),
      );
      expect(endings.findIndex(({ status }) => status === 'success')).toBe(
        record.status === 'success' ? endings.length - 1 : -1,
      );
      seen += endings.length;
    }
    expect(seen).toBeGreaterThan(10);
    expect(recipeIdentity(recipe).parts!.search).toMatchObject({
      parts: { members: [{ id: 'greedy' }, { id: 'saliency' }, { id: 'random' }] },
    });
  });
});

test('an ensemble says once what its members keep to, and then what each does alone', () => {
  const [one, other, third] = members({ rate: 0.2 });
  const filters = ['stop words', 'one word for one'];
  const together = ensembleOf([
    { ...one!, filters: [...filters, 'neighbours'] },
    { ...other!, filters },
    { ...third!, filters: ['a word is changed once', ...filters] },
  ]);
  expect(together.filters).toEqual([
    ...filters,
    'greedy alone: neighbours',
    'random alone: a word is changed once',
  ]);
});
