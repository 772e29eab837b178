import { expect, test } from 'vitest';
import { maxChangeRate } from '../../../src/attacks/constraints/change-rate.ts';
import type { Constraint } from '../../../src/attacks/constraints/constraint.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import { greedyByImportance } from '../../../src/attacks/search/greedy-by-importance.ts';
import { hiding } from '../../../src/attacks/search/importance.ts';
import { toRecord } from '../../../src/attacks/to-record.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import { toyRecipe, toyWords } from '../toy-recipe.ts';
import { toyVictim } from '../toys.ts';

const steady: Victim = { ...toyVictim(1), classify: async (inputs) => inputs.map(() => [0.9, 0.1]) };

const constraint = (id: string, rule: Partial<Constraint>): Constraint => ({
  id,
  name: id,
  version: 1,
  ...rule,
});

test('a record says how many words and edits each constraint refused, the first that was asked', async () => {
  const constraints = [
    constraint('no-b', { before: ({ word }) => word !== 'b' }),
    constraint('not-to-a', { after: ({ to }) => to !== 'a' }),
    constraint('not-to-a-or-c', { after: ({ to }) => to !== 'a' && to !== 'c' }),
    constraint('judge', {
      *judge(changes) {
        return changes.map(({ to }) => to !== 'd');
      },
    }),
    constraint('silent', { after: () => true }),
  ];
  const recipe = toyRecipe(greedyByImportance({ ranking: hiding('unk'), asks: 'all' }), { constraints });
  const words = ['a', 'b', 'c', 'd', 'e'];
  const tried = words.filter((word) => word !== 'b').flatMap(toyWords);
  const count = (wanted: string) => tried.filter((to) => to === wanted).length;
  const expected = {
    'no-b': { words: 1, edits: 0 },
    'not-to-a': { words: 0, edits: count('a') },
    'not-to-a-or-c': { words: 0, edits: count('c') },
    judge: { words: 0, edits: count('d') },
  };
  const kept = Object.entries(expected).filter(([, { words: w, edits }]) => w + edits > 0);
  expect(kept.length).toBeGreaterThan(2);
  for await (const ended of attackMany([{ id: 0, text: words.join(' '), label: 0 }], {
    victim: steady,
    recipe,
  })) {
    const { rejections, queries } = toRecord(ended, { labels: steady.labels, recipe });
    expect(rejections).toEqual(Object.fromEntries(kept));
    expect(queries).toBe(words.length + tried.length - count('a') - count('c') - count('d'));
  }
});

test('a limit counts once, where it ends the search', async () => {
  const recipe = toyRecipe(greedyByImportance({ ranking: hiding('unk'), asks: 'all' }), {
    constraints: [maxChangeRate(0)],
  });
  for await (const ended of attackMany([{ id: 0, text: 'a b', label: 0 }], { victim: steady, recipe })) {
    expect(toRecord(ended, { labels: steady.labels, recipe })).toMatchObject({
      status: 'nothing-to-change',
      rejections: { 'max-change-rate': { words: 1, edits: 0 } },
    });
  }
});
