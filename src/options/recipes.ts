import { type RecipeName, recipes } from '../attacks/recipes/index.ts';

/** Attacks, by name. */
export const oneRecipe = Object.fromEntries(
  Object.entries(recipes).map(([name, { summary }]) => [name, summary]),
) as Readonly<Record<RecipeName, string>>;
