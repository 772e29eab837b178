import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recipeIdentity } from '../../src/attacks/recipe.ts';
import type { RecipeOptions } from '../../src/attacks/recipes/recipe-by-name.ts';
import { knownInWords, knownSources } from '../../src/runs/known-sources.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import type { VdaOptions } from '../../src/strategies/vda/options.ts';
import { trainIdentity } from '../../src/training/train-identity.ts';
import { noisyVda } from '../training/tiny-fine-tune.ts';
import { plainOptions } from '../training/toy-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'vda-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const near = fileOf('near.json', '{"good": ["fine"]}');
const copy = fileOf('copy.json', '{"good": ["fine"]}');
const pairs = fileOf('pairs.txt', 'film movie');

function known(
  vda: Partial<VdaOptions> | undefined,
  attack: RecipeOptions,
  recipe: 'bert-attack' | 'pwws' = 'bert-attack',
) {
  const options = { ...plainOptions, outputDir: 'runs/x', ...(vda && { vda: { ...noisyVda, ...vda } }) };
  const part = { id: 'part', content: 'a'.repeat(64) };
  const identity = trainIdentity({ options, model: part, train: part, maskedLm: part });
  const recorded = { options: { ...vda }, identity };
  return knownSources(recorded, { parts: { attack: recipeIdentity(loadRecipe(recipe, attack)) } });
}

describe('what training knew of an attack', () => {
  it('is what both take words from, by content', () => {
    const candidateSources = ['wordnet', `neighbours:${near}`, `pairs:${pairs}`];
    const training = ['wordnet', 'neighbours:near.json', 'pairs:pairs.txt'];
    const vda = { mixture: 'adversarial', candidateSources } as const;
    expect(known(vda, {})).toEqual({ training, shared: ['wordnet'] });
    expect(known(vda, { similarity: [copy] })).toEqual({ training, shared: ['neighbours:near.json'] });
    expect(known(vda, { similarity: ['none'], constraints: [`pairs=${pairs}`] })).toEqual({
      training,
      shared: ['pairs:pairs.txt'],
    });
    expect(known(vda, {}, 'pwws')?.shared).toEqual(['wordnet']);
  });

  it('is no rule that only refuses words', () => {
    const found = known({ mixture: 'random' }, { similarity: [near], antonyms: 'wordnet' });
    expect(found).toEqual({ training: ['wordnet'], shared: [] });
    expect(knownInWords(found!)).toBe('training took words from wordnet; none of it is in the attack');
  });

  it('is WordNet with related candidates, and the masked language model where it is a source', () => {
    const related = known({ candidateFilter: 'related' }, {});
    expect(related).toEqual({ training: ['wordnet'], shared: ['wordnet'] });
    expect(knownInWords(related!)).toBe('training took words from wordnet; in the attack, too: wordnet');
    const guessed = known({ mixture: 'rarest', candidateSources: ['mlm', `pairs:${pairs}`] }, {});
    expect(guessed).toEqual({ training: ['pairs:pairs.txt', 'mlm'], shared: [] });
  });

  it('is nothing of other trainings', () => {
    expect(known(undefined, {})).toBeUndefined();
    expect(known({}, {})).toBeUndefined();
  });
});
