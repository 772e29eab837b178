import type { Part } from '../base/part.ts';
import type { MayChangeMore } from './constraints/change-rate.ts';
import type { Constraint } from './constraints/constraint.ts';
import type { RobustEndings } from './robust-endings.ts';
import type { Importance } from './search/importance.ts';
import type { Transformation } from './transformation/transformation.ts';

/** `default`: what the attack's paper describes; `official`: what its published code does. */
export type Fidelity = 'default' | 'official';

/** The parts of an attack put together. The search is `attackOne`, the goal `untargeted`. */
export interface AttackRecipe {
  readonly name: string;
  /** One more with each change of what it does to a text: goal, search, order, limits. Its parts have versions of their own. */
  readonly version: number;
  readonly fidelity: Fidelity;
  /** Every choice that decides results, as JSON, but for those of the parts. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of the filters that are on, for the table. */
  readonly filters: readonly string[];
  /** The text that is attacked; its words are what white space separates. */
  readonly prepare: (text: string) => string;
  /** Of a pair: the masked language model reads the first text before the attacked one; else the latter alone. */
  readonly fillsInContext: boolean;
  /** Of a pair: Perturb counts the first text's words among those that could have changed. */
  readonly countsContext: boolean;
  /** True: words beyond what the victim reads are attacked and counted like any other, to no effect (official). */
  readonly countsUnread: boolean;
  /** The part of a word that constraints judge. */
  readonly coreOf: (word: string) => string;
  readonly importance: Importance;
  readonly transformation: Transformation;
  readonly constraints: readonly Constraint[];
  readonly mayChangeMore: MayChangeMore;
  /** K: tokens the masked language model gives for each piece. */
  readonly topK: number;
  /** Most queries an example may cost; the attack that would need more ends as `out-of-queries`. Absent: no limit. */
  readonly queryBudget?: number;
  /** False: the last word is counted as a query but never scored, so never attacked (official). */
  readonly scoresLastWord: boolean;
  /** True: where no candidate helps, the last one tried stays in the text, uncounted (official). */
  readonly keepsLastTried: boolean;
  /** Endings that the measures count as robust: `failed` alone, or as in the published code whatever did not flip. */
  readonly robustEndings: RobustEndings;
}

/** What an attack is: its choices, and the rules it is made of with their versions and lexica. */
export const recipeIdentity = ({
  name,
  version,
  settings,
  transformation,
  constraints,
}: Pick<AttackRecipe, 'name' | 'version' | 'settings' | 'transformation' | 'constraints'>): Part => ({
  ...{ id: name, version, settings },
  parts: { transformation: bare(transformation), constraints: constraints.map(bare) },
});

/** A rule without what it does. */
const bare = ({ id, version, settings, content }: Part): Part => ({
  ...{ id, ...(version !== undefined && { version }) },
  ...(settings && { settings }),
  ...(content !== undefined && { content }),
});

/** The rules an attack was made under, each with its version, such as `wordnet-related 2`: for people, and for telling old results. */
export const rulesOf = ({ id, version, parts = {} }: Part): readonly string[] => [
  version === undefined ? id : `${id} ${version}`,
  ...Object.values(parts).flatMap((inner) => [inner ?? []].flat().flatMap(rulesOf)),
];
