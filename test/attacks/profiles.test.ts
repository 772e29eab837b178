import { describe, expect, test } from 'vitest';
import { type ProfileName, profiles } from '../../src/attacks/profiles.ts';
import { recipeIdentity } from '../../src/attacks/recipe.ts';
import { type RecipeName, recipes } from '../../src/attacks/recipes/index.ts';
import { attackMany } from '../../src/attacks/search/attack-many.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { toyMaskedLm, toyVictim } from './toys.ts';

const ids = (name: RecipeName, profile: ProfileName) =>
  loadRecipe(name, { profile }).constraints.map(({ id }) => id);

describe('profiles', () => {
  test.each(Object.keys(profiles) as ProfileName[])(
    '%s goes with every recipe, and is in its identity',
    (profile) => {
      for (const name of Object.keys(recipes) as RecipeName[]) {
        expect(recipeIdentity(loadRecipe(name, { profile })).settings).toMatchObject({ profile });
        expect(recipeIdentity(loadRecipe(name)).settings).not.toHaveProperty('profile');
      }
    },
  );

  test('stand in place of the rules of meaning', () => {
    expect(ids('bert-attack', 'open')).toEqual(['max-change-rate', 'whole-word']);
    expect(ids('bert-attack', 'uniform')).toEqual([
      ...['max-change-rate', 'whole-word', 'stop-words', 'wordnet-related'],
      ...['repeat', 'max-change-rate', 'sentence-similarity'],
    ]);
    expect(ids('bert-attack', 'strict')).toEqual(
      expect.arrayContaining(['wordnet-antonyms', 'wordnet-synonyms', 'part-of-speech', 'inflection']),
    );
  });

  test('strict says what a fair change is: a text without one stands', () => {
    const endings = (...given: Parameters<typeof loadRecipe>) => loadRecipe(...given).robustEndings;
    expect(endings('bert-attack', { profile: 'strict' })).toEqual(['failed', 'nothing-to-change']);
    expect(endings(['pwws', 'random'], { profile: 'strict' })).toEqual(['failed', 'nothing-to-change']);
    expect(endings('ensemble')).toEqual(['failed']);
    expect(endings('bert-attack', { profile: 'uniform' })).toEqual(['failed']);
    expect(endings('bert-attack', { profile: 'strict', preset: 'official' })).toContain('out-of-queries');
  });

  test('leave words that are misspelt to the limits', () => {
    expect(ids('deepwordbug', 'strict')).not.toContain('known-words');
    expect(ids('deepwordbug', 'strict')).toContain('homoglyphs');
  });

  test('take the sources that are given', () => {
    const { constraints } = loadRecipe('bert-attack', { profile: 'strict', antonyms: 'none' });
    expect(constraints.map(({ id }) => id)).not.toContain('wordnet-antonyms');
  });

  test('uniform asks at most 50 questions a word', async () => {
    const recipe = { ...loadRecipe('bert-attack', { profile: 'open' }), queriesPerWord: 3 };
    const examples = Array.from({ length: 6 }, (_, id) => ({ id, text: 'abc bcd cde dea eab', label: 0 }));
    for await (const { outcome } of attackMany(examples, {
      victim: toyVictim(3),
      maskedLm: toyMaskedLm(3),
      recipe,
    })) {
      expect(outcome.queries).toBeLessThanOrEqual(15);
    }
    expect(loadRecipe('bert-attack', { profile: 'uniform' }).queriesPerWord).toBe(50);
  });
});

test('constraints come beside the others, and in the table', () => {
  const recipe = loadRecipe('bert-attack', { constraints: ['inflection', 'max-words=3'] });
  expect(recipe.constraints.slice(-2).map(({ id }) => id)).toEqual(['max-words', 'inflection']);
  expect(recipe.filters).toEqual(expect.arrayContaining(['at most 3 words']));
  expect(() => loadRecipe('bert-attack', { constraints: ['none'] })).toThrow(/expected one of/);
  expect(() => loadRecipe('bert-attack', { profile: 'loose' as 'open' })).toThrow(/profile/);
});

test('an ensemble holds each of its attacks under the profile', () => {
  const ensemble = loadRecipe('ensemble', { profile: 'uniform' });
  expect(ensemble.profile).toBe('uniform');
  expect(ensemble.members!.map(({ profile, queriesPerWord }) => [profile, queriesPerWord])).toEqual(
    ensemble.members!.map(() => ['uniform', 50]),
  );
});
