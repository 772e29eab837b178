import type { AttackRecipe } from '../../attacks/recipe.ts';
import { readLines } from '../../data/text-lines.ts';
import type { attackSpec } from '../../options/attack.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { loadRecipe } from '../../runs/lexica/load-recipe.ts';

/** The attack that the options ask for, its lexica read. */
export async function recipeOf(options: OptionsOf<typeof attackSpec>): Promise<AttackRecipe> {
  const { recipe, preset, maxCandidates, maxChangeRate, queryBudget } = options;
  const { similarity, similarityThreshold, antonyms, profile, constraints } = options;
  return loadRecipe(recipe, {
    ...{ preset, maxCandidates, maxChangeRate, queryBudget, similarity, similarityThreshold, antonyms },
    ...{ profile, constraints },
    stopWords: await stopWordsOf(options.stopWords),
  });
}

/** The words of a file; undefined for those that the attack has of its own. */
async function stopWordsOf(source: string): Promise<ReadonlySet<string> | undefined> {
  if (source === 'default') return undefined;
  const words = new Set<string>();
  if (source === 'none') return words;
  for await (const line of readLines(source)) if (line.trim() !== '') words.add(line.trim().toLowerCase());
  return words;
}
