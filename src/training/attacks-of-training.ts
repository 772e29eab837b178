import type { RecipeDefinition } from '../attacks/recipes/definition.ts';
import { type RecipeName, recipes } from '../attacks/recipes/index.ts';
import type { TrainOptions } from './train-options.ts';

/** The attack of adversarial data augmentation (ADA) where nothing else is said, as in the VDA paper. */
export const defaultAdaRecipe: RecipeName = 'bert-attack';

/** The attack by which checkpoints are ranked. */
export const rankingRecipe: RecipeName = 'bert-attack';

type Attacking = Pick<TrainOptions, 'metricForBestModel' | 'adaExamples' | 'adaRecipe'>;

/** The attacks that a training makes itself, each once: that of ADA, and that which ranks checkpoints. */
export const attacksOf = ({
  metricForBestModel,
  adaExamples,
  adaRecipe = defaultAdaRecipe,
}: Attacking): readonly RecipeName[] => [
  ...new Set([
    ...(metricForBestModel === 'attack_accuracy' ? [rankingRecipe] : []),
    ...(adaExamples > 0 ? [adaRecipe] : []),
  ]),
];

/** Whether an attack asks a masked language model for words. */
export const asksForWords = (name: RecipeName): boolean =>
  (recipes[name] as RecipeDefinition).asksMaskedLm === true;

/** Whether one of a training's attacks asks a masked language model. */
export const attacksAskMaskedLm = (options: Attacking): boolean => attacksOf(options).some(asksForWords);
