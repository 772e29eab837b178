import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RecipeOptions } from '../../src/attacks/recipes/recipe-by-name.ts';
import { attackingHash, type ContentSources } from '../../src/experiments/cell-identity.ts';
import { attackSpec } from '../../src/options/attack.ts';
import { resolveOptions } from '../../src/options/resolve.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

/** Models and files are what their last name says, wherever they lie. */
const sources: ContentSources = {
  hashFile: async (path) => `file ${path.split('/').at(-1)}`,
  hashModel: async (name) => `model ${name.split('/').at(-1)}`,
  hashSplit: async () => 'split',
  recipeOf: async ({ recipe, profile }) => loadRecipe(recipe, { profile } as RecipeOptions),
};

const hashOf = (given: Readonly<Record<string, unknown>>) => {
  const flags = new Map<string, unknown>(
    Object.entries({ model: 'classifier', testFile: 'test.tsv', outputDir: 'out', mlm: 'a/mlm', ...given }),
  );
  return attackingHash(resolveOptions(attackSpec, { flags }).options, sources);
};

it('tells attacks of another profile, recipe, or sentence encoder apart', async () => {
  const strict = { recipe: ['pwws'], profile: 'strict', encoder: 'a/encoder' };
  const hashes = await Promise.all(
    [
      strict,
      { ...strict, encoder: 'a/other' },
      { ...strict, profile: 'uniform' },
      { ...strict, recipe: ['textfooler'] },
      { ...strict, recipe: ['ensemble'] },
      { recipe: ['pwws'] },
    ].map(hashOf),
  );
  expect(new Set(hashes).size).toBe(hashes.length);
});

it('tells a model that is asked under noise, or several times, from one that is asked once', async () => {
  const [here, there] = [join(temporaryFolder(), 'pairs.json'), join(temporaryFolder(), 'pairs.json')];
  for (const path of [here, there]) writeFileSync(path, '{}');
  const synonyms = { smoothing: 'synonyms', smoothingLexicon: here };
  const hashes = await Promise.all(
    [
      {},
      { votes: 3 },
      { smoothing: 'mask' },
      { smoothing: 'mask', votes: 3 },
      { smoothing: 'mask', smoothingRate: 0.5 },
      { smoothing: 'mask', smoothingSeed: 1 },
      { smoothing: 'synonyms' },
      synonyms,
    ].map(hashOf),
  );
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(await hashOf({ ...synonyms, smoothingLexicon: there })).toBe(hashes.at(-1));
});

it('is the same wherever models and texts lie, and with other threads and batches', async () => {
  const ours = { recipe: ['ensemble'], profile: 'strict', encoder: 'a/encoder' };
  const there = {
    ...{ ...ours, encoder: '/elsewhere/encoder', mlm: '/elsewhere/mlm', testFile: '/elsewhere/test.tsv' },
    ...{ numThreads: 7, batchSize: 3, outputDir: '/elsewhere/out', model: '/elsewhere/classifier' },
  };
  expect(await hashOf(there)).toBe(await hashOf(ours));
});
