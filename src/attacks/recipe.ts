import type { Part } from '../base/part.ts';
import type { RecipeParts } from './recipe-parts.ts';
import type { SearchRule } from './search/search-rule.ts';

/**
 * An attack, as a list of decisions: a goal, a search, what the search may try, and what it may not. Each is a part with a
 * version of its own; the recipe says only what none of them does.
 */
export interface AttackRecipe extends RecipeParts {
  readonly search: SearchRule;
  /** Of an ensemble: the attacks that it is the worst case over. */
  readonly members?: readonly AttackRecipe[];
}

/** Whether any part of a recipe asks a masked language model. */
export const asksMaskedLm = ({
  transformations,
  constraints,
}: Pick<AttackRecipe, 'transformations' | 'constraints'>): boolean =>
  transformations.some(({ maskedLm }) => maskedLm !== undefined) ||
  constraints.some(({ asks }) => asks?.includes('maskedLm'));

/** Whether any constraint of a recipe asks a sentence encoder. */
export const asksEncoder = ({ constraints }: Pick<AttackRecipe, 'constraints'>): boolean =>
  constraints.some(({ asks }) => asks?.includes('encoder'));

/** Whether the masked language model reads both texts of a pair. */
export const readsContext = ({ transformations }: Pick<AttackRecipe, 'transformations'>): boolean =>
  transformations.some(({ maskedLm }) => maskedLm?.inContext === true);

/** What an attack is: its choices, and the parts it is made of with their versions and lexica. */
export const recipeIdentity = ({
  id,
  version,
  preset,
  queryBudget,
  queriesPerWord,
  profile,
  goal,
  search,
  transformations,
  constraints,
}: Pick<
  AttackRecipe,
  | 'id'
  | 'version'
  | 'preset'
  | 'queryBudget'
  | 'queriesPerWord'
  | 'profile'
  | 'goal'
  | 'search'
  | 'transformations'
  | 'constraints'
>): Part => ({
  ...{
    id,
    version,
    settings: {
      ...{ preset, queryBudget: queryBudget ?? null },
      ...(queriesPerWord !== undefined && { queriesPerWord }),
      ...(profile !== undefined && { profile }),
    },
  },
  parts: {
    goal: bare(goal),
    search: bare(search),
    transformations: transformations.map(bare),
    constraints: constraints.map(bare),
  },
});

/** A part without what it does. */
export const bare = ({ id, version, settings, content, parts }: Part): Part => ({
  ...{ id, ...(version !== undefined && { version }) },
  ...(settings && { settings }),
  ...(content !== undefined && { content }),
  ...(parts && { parts }),
});
