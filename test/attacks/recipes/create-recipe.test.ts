import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createWordnet } from '../../../src/attacks/lexicon/wordnet.ts';
import { decodeWordnet } from '../../../src/attacks/lexicon/wordnet-table.ts';
import { recipeIdentity } from '../../../src/attacks/recipe.ts';
import { createRecipe } from '../../../src/attacks/recipes/create-recipe.ts';
import { type RecipeName, recipes } from '../../../src/attacks/recipes/index.ts';
import { contentHash } from '../../../src/files/content-hash.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';

const packed = readFileSync(new URL('../../../assets/lexicon/wordnet.bin.gz', import.meta.url));
const wordnet = createWordnet(
  () => decodeWordnet(gunzipSync(packed)),
  () => contentHash(packed),
);
const names = Object.keys(recipes) as RecipeName[];

describe('createRecipe', () => {
  it.each([...names, 'ensemble'] as const)('makes %s as loadRecipe does', (name) => {
    const options = { queryBudget: 50 };
    const made = createRecipe(name, { wordnet, ...options });
    expect(recipeIdentity(made)).toEqual(recipeIdentity(loadRecipe(name, options)));
  });

  it('goes without WordNet where nothing asks it', () => {
    expect(createRecipe('deepwordbug').id).toBe('deepwordbug');
  });

  it('says what is missing, by its own name', () => {
    expect(() => createRecipe('bert-attack')).toThrow(
      'createRecipe: wordnet: expected WordNet, which this recipe asks, as createWordnet gives it, got undefined.',
    );
    expect(() => createRecipe('textfooler', { wordnet, similarity: ['vectors.txt'] })).toThrow(
      'createRecipe reads no files: expected wordnet or none, got vectors.txt.',
    );
    expect(() => createRecipe('bert-attack', { wordnet, antonyms: 'pairs.txt' })).toThrow('got pairs.txt');
    expect(() => createRecipe('nothing' as RecipeName, { wordnet })).toThrow(
      /^createRecipe: expected one of/,
    );
    expect(() => createRecipe('deepwordbug', { queryBudget: -1 })).toThrow(/^createRecipe\('deepwordbug'\):/);
  });
});
