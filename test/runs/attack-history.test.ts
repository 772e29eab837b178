import { describe, expect, test } from 'vitest';
import { recipeIdentity } from '../../src/attacks/recipe.ts';
import type { PresetName } from '../../src/attacks/recipes/definition.ts';
import type { Part } from '../../src/base/part.ts';
import { type StoredManifest, upgraded } from '../../src/runs/attack-history.ts';
import { identityOf } from '../../src/runs/identity.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';

const names = { about: {}, shard: { index: 0, count: 1 }, ids: [0, 1], filters: ['stop words (340)'] };
const others = { victim: { id: 'toy' }, examples: { id: 'examples', content: 'ab' } };

/** As format 2 said it: `fidelity`, K and the rate among the recipe's settings, one transformation, no search. */
const second = (fidelity: PresetName): StoredManifest => {
  const { parts } = recipeIdentity(loadRecipe('bert-attack', { preset: fidelity }));
  const [{ settings: _, ...transformation }] = parts!.transformations as unknown as [Part];
  const [, ...constraints] = parts!.constraints as readonly Part[];
  const settings = { fidelity, candidates: 48, maxChangeRate: 0.4, queryBudget: null };
  const attack = { id: 'bert-attack', version: 3, settings, parts: { transformation, constraints } };
  return { ...names, format: 2, identity: identityOf({ ...others, attack }) };
};

describe('upgraded', () => {
  test('official of format 2 is the same attack as today', () => {
    const today = recipeIdentity(loadRecipe('bert-attack', { preset: 'official' }));
    const identity = identityOf({ ...others, attack: today });
    expect(upgraded(second('official'))).toEqual({ ...names, format: 3, identity });
  });

  test('default of format 2 is the attack of today but for its goal, which compared probabilities', () => {
    const today = recipeIdentity(loadRecipe('bert-attack'));
    const parts = { ...today.parts, goal: { id: 'untargeted', version: 1 } };
    const identity = identityOf({ ...others, attack: { ...today, parts } });
    expect(upgraded(second('default'))).toEqual({ ...names, format: 3, identity });
  });

  test('format 3 is as it is', () => {
    const third: StoredManifest = { ...second('default'), format: 3 };
    expect(upgraded(third)).toEqual(third);
  });

  test('format 1 keeps its hash, and is told with the names of today', () => {
    const first: StoredManifest = {
      ...names,
      format: 1,
      hash: 'abc',
      config: { attack: { recipe: 'bert-attack', fidelity: 'official', candidates: 48 } },
    };
    const { format, identity } = upgraded(first);
    expect(format).toBe(1);
    expect(identity.hash).toBe('abc');
    expect(identity.parts.attack).toEqual({
      id: 'bert-attack',
      settings: { preset: 'official', candidates: 48 },
    });
  });
});
