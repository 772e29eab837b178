import { describe, expect, test } from 'vitest';
import { asksMaskedLm } from '../../../src/attacks/recipe.ts';
import type { RecipeDefinition } from '../../../src/attacks/recipes/definition.ts';
import { type RecipeName, recipes } from '../../../src/attacks/recipes/index.ts';
import type { RecipeOptions } from '../../../src/attacks/recipes/recipe-by-name.ts';
import type { AttackRecord } from '../../../src/attacks/record.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import { toRecord } from '../../../src/attacks/to-record.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { temporaryFile } from '../../data/files.ts';
import { toyVictim } from '../toys.ts';

async function attack(name: RecipeName, options: RecipeOptions, text: string): Promise<AttackRecord> {
  const recipe = loadRecipe(name, options);
  const victim = toyVictim(4);
  const [row] = await victim.classify([{ text }]);
  const label = row![0]! >= row![1]! ? 0 : 1;
  for await (const ended of attackMany([{ id: 0, text, label }], { victim, recipe, clock: () => 0 }))
    return toRecord(ended, { labels: victim.labels, recipe });
  throw new Error('no example was attacked');
}

describe('recipes', () => {
  test('go by the name that they say, and load as by default', () => {
    for (const [name, { id }] of Object.entries(recipes)) {
      expect(id).toBe(name);
      expect(loadRecipe(name as RecipeName)).toMatchObject({ id, preset: 'default' });
    }
  });

  test('deepwordbug misspells words by one letter, asking no masked LM', async () => {
    const record = await attack('deepwordbug', {}, 'the plot is thin, and so is the Cast.');
    expect(record.changes.length).toBeGreaterThan(0);
    for (const { from, to } of record.changes) {
      expect(Math.abs(from.length - to.length)).toBeLessThanOrEqual(1);
      expect(to).not.toBe(from);
    }
    expect(await attack('deepwordbug', {}, 'the plot is thin, and so is the Cast.')).toEqual(record);
  });

  test('textfooler takes its words from a lexicon, and hides words by leaving them out', async () => {
    const table = temporaryFile('neighbours.json', '{"plot": ["story", "tale"], "cast": ["players"]}');
    const options = { similarity: [table], stopWords: new Set<string>() };
    const record = await attack('textfooler', options, 'The plot, the Cast.');
    const words = record.changes.map(({ to }) => to);
    expect(['story,', 'tale,', 'Players.']).toEqual(expect.arrayContaining(words));
    expect(words.length + Number(record.status === 'failed')).toBeGreaterThan(0);
    expect(record.queries).toBeGreaterThanOrEqual(4); // its words, each left out
  });

  test('textfooler has words of WordNet where no file is given', () => {
    const [{ propose }] = loadRecipe('textfooler').transformations as [
      ReturnType<typeof loadRecipe>['transformations'][number],
    ];
    const text = { original: ['movie'], gaps: ['', ''], edits: [] };
    const step = propose({ text, index: 0, word: 'movie' }, {} as never).next();
    expect(step.done && step.value.map(({ to }) => to)).toEqual(expect.arrayContaining(['film', 'picture']));
  });

  test('several make an ensemble, each with the options that it reads', () => {
    const recipe = loadRecipe(['textfooler', 'deepwordbug'], { maxCandidates: 7, queryBudget: 9 });
    expect(recipe).toMatchObject({ id: 'ensemble', members: [{ id: 'textfooler' }, { id: 'deepwordbug' }] });
    expect(recipe.members!.map(({ queryBudget }) => queryBudget)).toEqual([9, 9]);
    expect(recipe.members![0]!.transformations[0]!.settings).toEqual({ most: 7 });
    expect(loadRecipe('ensemble').members!.map(({ id }) => id)).toEqual([
      ...['bert-attack', 'textfooler', 'pwws', 'deepwordbug', 'random'],
    ]);
    expect(loadRecipe(['random'])).toMatchObject({ id: 'random' });
    expect(() => loadRecipe(['random', 'ensemble'])).toThrow(/each once/);
    expect(() => loadRecipe([])).toThrow(/expected the names of attacks/);
    expect(() => loadRecipe(['deepwordbug', 'textbugger'], { maxChangeRate: 0.1 })).toThrow(/no effect/);
    expect(() => loadRecipe(['deepwordbug', 'random'], { preset: 'paper' })).toThrow(
      /deepwordbug has default/,
    );
  });

  test.each(Object.keys(recipes) as RecipeName[])(
    '%s says whether it asks a masked language model',
    (name) => {
      const definition: RecipeDefinition = recipes[name];
      expect(definition.asksMaskedLm === true).toBe(asksMaskedLm(loadRecipe(name)));
    },
  );

  test("pwws has the lemmas of a word's own synsets alone, in the order of its senses", () => {
    const [{ propose }] = loadRecipe('pwws').transformations as [
      ReturnType<typeof loadRecipe>['transformations'][number],
    ];
    const text = { original: ['Movie'], gaps: ['', ''], edits: [] };
    const step = propose({ text, index: 0, word: 'Movie' }, {} as never).next();
    // its one synset: movie, film, picture, moving picture, …, flick; no hypernym such as show
    expect(step.done && step.value.map(({ to }) => to).sort()).toEqual(['Film', 'Flick', 'Pic', 'Picture']);
  });

  test('textbugger tries bugs, then neighbours, and stops at five of these', () => {
    const table = temporaryFile('neighbours.json', '{"movie": ["a", "b", "c", "d", "e", "f"]}');
    const { transformations } = loadRecipe('textbugger', { similarity: [table] });
    const text = { original: ['movie'], gaps: ['', ''], edits: [] };
    const tools = { example: { id: 0 } } as never;
    const proposed = transformations.map(({ propose }) => {
      const step = propose({ text, index: 0, word: 'movie' }, tools).next();
      return step.done ? step.value.map(({ to }) => to) : [];
    });
    expect(proposed.map(({ length }) => length)).toEqual([4, 5]);
    expect(proposed[1]).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test.each<[RecipeName, RecipeOptions, RegExp]>([
    ['deepwordbug', { similarity: ['wordnet'] }, /similarity has no effect on the attack deepwordbug/],
    ['deepwordbug', { preset: 'official' }, /preset: deepwordbug has default; got official/],
    ['textfooler', { similarity: ['none'] }, /takes its words from the first source of similarity/],
    ['bert-atack' as RecipeName, {}, /expected one of a2t, .*textfooler, got 'bert-atack'/],
  ])('%s with %j is refused', (name, options, message) => {
    expect(() => loadRecipe(name, options)).toThrow(message);
  });
});
