import type { Part } from '../base/part.ts';
import type { Constraint } from './constraints/constraint.ts';
import type { GoalRule } from './goal/goal.ts';
import type { RobustEndings } from './robust-endings.ts';
import type { SearchRule } from './search/search-rule.ts';
import type { Transformation } from './transformation/transformation.ts';

/**
 * An attack, as a list of decisions: a goal, a search, what the search may try, and what it may not. Each is a part with a
 * version of its own; the recipe says only what none of them does.
 */
export interface AttackRecipe extends Part {
  readonly id: string;
  /** One more with each change of what it does to a text. Its parts have versions of their own. */
  readonly version: number;
  /** Which named set of choices it began with, such as `default`, `paper` or `official`. */
  readonly preset: string;
  /** The paper or code that it follows. */
  readonly source: string;
  readonly goal: GoalRule;
  readonly search: SearchRule;
  /** What is tried at a word: the edits of the first, then those of the next. */
  readonly transformations: readonly Transformation[];
  readonly constraints: readonly Constraint[];
  /** Names of the constraints that keep meaning, for the table. */
  readonly filters: readonly string[];
  /** The text that is attacked; its words are what white space separates. */
  readonly prepare: (text: string) => string;
  /** The part of a word that constraints judge. */
  readonly coreOf: (word: string) => string;
  /** Of a pair: Perturb counts the first text's words among those that could have changed. */
  readonly countsContext: boolean;
  /** True: words beyond what the victim reads are attacked and counted like any other, to no effect. */
  readonly countsUnread: boolean;
  /** Most queries an example may cost; the attack that would need more ends as `out-of-queries`. Absent: no limit. */
  readonly queryBudget?: number;
  /** Endings that the measures count as robust: `failed` alone, or as in the published code whatever did not flip. */
  readonly robustEndings: RobustEndings;
}

/** Whether any part of a recipe asks a masked language model. */
export const asksMaskedLm = ({ transformations }: Pick<AttackRecipe, 'transformations'>): boolean =>
  transformations.some(({ maskedLm }) => maskedLm !== undefined);

/** Whether the masked language model reads both texts of a pair. */
export const readsContext = ({ transformations }: Pick<AttackRecipe, 'transformations'>): boolean =>
  transformations.some(({ maskedLm }) => maskedLm?.inContext === true);

/** What an attack is: its choices, and the parts it is made of with their versions and lexica. */
export const recipeIdentity = ({
  id,
  version,
  preset,
  queryBudget,
  goal,
  search,
  transformations,
  constraints,
}: Pick<
  AttackRecipe,
  'id' | 'version' | 'preset' | 'queryBudget' | 'goal' | 'search' | 'transformations' | 'constraints'
>): Part => ({
  ...{ id, version, settings: { preset, queryBudget: queryBudget ?? null } },
  parts: {
    goal: bare(goal),
    search: bare(search),
    transformations: transformations.map(bare),
    constraints: constraints.map(bare),
  },
});

/** A part without what it does. */
export const bare = ({ id, version, settings, content }: Part): Part => ({
  ...{ id, ...(version !== undefined && { version }) },
  ...(settings && { settings }),
  ...(content !== undefined && { content }),
});

/** The rules an attack was made under, each with its version, such as `wordnet-related 2`: for people, and for telling old results. */
export const rulesOf = ({ id, version, parts = {} }: Part): readonly string[] => [
  version === undefined ? id : `${id} ${version}`,
  ...Object.values(parts).flatMap((inner) => [inner ?? []].flat().flatMap(rulesOf)),
];
