import { VdaError } from '../../base/error.ts';
import { hasMethods, requireArgument } from '../../base/setting-rules.ts';
import type { Wordnet } from '../lexicon/wordnet.ts';
import type { AttackRecipe } from '../recipe.ts';
import { type RecipeNames, type RecipeOptions, type RecipeReaders, recipeByName } from './recipe-by-name.ts';

/** Choices of an attack where there are no files: what is read from files beside WordNet is refused. */
export interface CreateRecipeOptions extends Omit<RecipeOptions, 'profile' | 'constraints'> {
  /** Needed by recipes whose words or rules come from it, as most do by default. */
  readonly wordnet?: Wordnet;
}

/**
 * An attack by its name, as `loadRecipe` makes it in Node, from a WordNet that the caller has read.
 *
 * @throws VdaError `usage` for a name, a preset or an option that the recipe has not, or one out of range, for a file, and
 *   without the WordNet that it asks
 */
export const createRecipe = (
  name: RecipeNames,
  { wordnet, ...options }: CreateRecipeOptions = {},
): AttackRecipe => recipeByName(name, { owner: 'createRecipe', readers: readersOf(wordnet), options });

function readersOf(wordnet: Wordnet | undefined): RecipeReaders {
  const noFile = (path: string): never => {
    throw new VdaError('usage', `createRecipe reads no files: expected wordnet or none, got ${path}.`);
  };
  return {
    wordnet: () => {
      requireArgument(hasMethods(wordnet, ['knows', 'senses', 'content']), {
        ...{ owner: 'createRecipe', name: 'wordnet', got: wordnet },
        expected: 'WordNet, which this recipe asks, as createWordnet gives it',
      });
      return wordnet!;
    },
    similarity: noFile,
    antonyms: noFile,
    constraints: ([said]) => (said === undefined ? [] : noFile(said)),
  };
}
