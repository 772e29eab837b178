import type { AttackRecipe } from '../../attacks/recipe.ts';
import {
  type RecipeNames,
  type RecipeOptions,
  type RecipeReaders,
  recipeByName,
} from '../../attacks/recipes/recipe-by-name.ts';
import { fromFiles } from './load-constraints.ts';
import { loadConstraints } from './named-constraints.ts';

/**
 * An attack by its name, its words and rules read from where the options say. Several names, or `ensemble`, make the worst case
 * over these attacks: each takes of the options what it reads.
 *
 * @throws VdaError `usage` for a name, a preset or an option that the recipe has not, or one out of range; what reading a file
 *   throws
 */
export const loadRecipe = (name: RecipeNames, options: RecipeOptions = {}): AttackRecipe =>
  recipeByName(name, { owner: 'loadRecipe', readers, options });

const readers: RecipeReaders = { ...fromFiles, constraints: loadConstraints };
