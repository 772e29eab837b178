import { describe, expect, it } from 'vitest';
import { maxChangeRate } from '../../../src/attacks/constraints/change-rate.ts';
import type { Constraint } from '../../../src/attacks/constraints/constraint.ts';
import { type RecipeName, recipes } from '../../../src/attacks/recipes/index.ts';
import type { Refused } from '../../../src/attacks/record.ts';
import { type AttackManyOptions, attackMany } from '../../../src/attacks/search/attack-many.ts';
import { byWeightedSaliency } from '../../../src/attacks/search/by-weighted-saliency.ts';
import { greedyByImportance } from '../../../src/attacks/search/greedy-by-importance.ts';
import { hiding } from '../../../src/attacks/search/importance.ts';
import type { SearchStep } from '../../../src/attacks/search/steps.ts';
import { toRecord } from '../../../src/attacks/to-record.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { editText, renderText, withEdit } from '../../../src/text/edited-text.ts';
import { toyRecipe } from '../toy-recipe.ts';
import { toyMaskedLm, toyVictim } from '../toys.ts';

const examples = Array.from({ length: 24 }, (_, id) => ({
  id,
  text: ['ab cad bead fad', 'a b c d e f', 'fed hag age', 'bad cab dead bee'][id % 4]!,
  label: (id >> 2) % 2,
}));

/** Records, with what was told of each. */
async function attacked(options: Omit<AttackManyOptions, 'onStep' | 'clock'>) {
  const steps = new Map<number, SearchStep[]>(examples.map(({ id }) => [id, []]));
  const found = [];
  for await (const ended of attackMany(examples, {
    ...options,
    clock: () => 0,
    onStep: (step, { id }) => steps.get(id)!.push(step),
  })) {
    const record = toRecord(ended, { labels: options.victim.labels, recipe: options.recipe });
    found.push({ record, steps: steps.get(record.id)! });
  }
  return found;
}

/** Refusals by constraint, as records count them. */
function tally(steps: readonly SearchStep[]): Record<string, Refused> {
  const counts: Record<string, Refused> = {};
  for (const step of steps) {
    if (step.kind !== 'refused') continue;
    const { words, edits } = counts[step.by.id] ?? { words: 0, edits: 0 };
    counts[step.by.id] = step.edit ? { words, edits: edits + 1 } : { words: words + 1, edits };
  }
  return counts;
}

const isShort: Constraint = {
  ...{ id: 'short', name: 'short', version: 1 },
  after: ({ to }) => to.length < 3,
  before: ({ word }) => word !== 'c',
};
const noRules = { similarity: ['none'], antonyms: 'none', stopWords: new Set<string>() };
const fromLexicon = new Set<string>(['textfooler', 'pwws', 'textbugger', 'a2t', 'random']);
const byName = (Object.keys(recipes) as RecipeName[])
  .filter((name) => !fromLexicon.has(name))
  .map((name) => {
    const recipe = loadRecipe(name, 'similarity' in recipes[name].presets.default ? noRules : {});
    return { ...recipe, constraints: [...recipe.constraints, isShort] };
  });
const ofToys = [greedyByImportance({ ranking: hiding('unk'), asks: 'first-flip' }), byWeightedSaliency].map(
  (search) => toyRecipe(search, { constraints: [maxChangeRate(0.5), isShort], queryBudget: 20 }),
);

describe('the steps of a search', () => {
  it.each([...byName, ...ofToys].map((recipe) => [`${recipe.id}, ${recipe.search.id}`, recipe] as const))(
    'add up to its record: %s',
    async (_, recipe) => {
      const victim = toyVictim(3);
      const found = await attacked({ recipe, victim, maskedLm: toyMaskedLm(5) });
      expect(found.map(({ record }) => record.status)).toContain('success');
      for (const { record, steps } of found) {
        const asked = steps.flatMap((step) => (step.kind === 'asked' ? step.rows : []));
        expect(asked.length).toBe(record.queries);
        expect(tally(steps)).toEqual(record.rejections ?? {});
        expect(steps.filter(({ kind }) => kind === 'classified').length).toBe(1);
        const proposals = steps.flatMap((step) => (step.kind === 'proposed' ? step.edits : []));
        const kept = steps.flatMap((step) => (step.kind === 'kept' ? [step.edit] : []));
        expect(kept.filter((edit) => !proposals.includes(edit))).toEqual([]);
      }
    },
  );

  it('that are kept make the text of the greedy search', async () => {
    const found = await attacked({ recipe: ofToys[0]!, victim: toyVictim(3) });
    expect(found.length).toBe(examples.length);
    for (const { record, steps } of found) {
      const text = steps.reduce(
        (edited, step) => (step.kind === 'kept' ? withEdit(edited, step.edit) : edited),
        editText(record.text),
      );
      expect(renderText(text)).toBe(record.adversarialText);
    }
  });

  it('tell the order of the words before any candidate', async () => {
    for (const { record, steps } of await attacked({ recipe: ofToys[0]!, victim: toyVictim(3) })) {
      if (record.status === 'skipped') continue;
      const ranked = steps.findIndex(({ kind }) => kind === 'ranked');
      const proposed = steps.findIndex(({ kind }) => kind === 'proposed');
      expect(ranked).toBeGreaterThan(0);
      expect(proposed === -1 || ranked < proposed).toBe(true);
      const { order, importance } = steps[ranked] as SearchStep & { kind: 'ranked' };
      expect([...order].sort((a, b) => a - b)).toEqual([...Array(record.words).keys()]);
      expect(importance).toEqual([...importance].sort((a, b) => b - a));
    }
  });

  it('go to a function', async () => {
    const wrong = { recipe: ofToys[0]!, victim: toyVictim(3), onStep: 'log' as never };
    await expect(attackMany(examples, wrong).next()).rejects.toThrow(/onStep.*expected a function, got/);
  });
});
