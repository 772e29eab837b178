import type { Part } from '../base/part.ts';
import type { Constraint } from './constraints/constraint.ts';
import type { GoalRule } from './goal/goal.ts';
import type { RobustEndings } from './robust-endings.ts';
import type { Transformation } from './transformation/transformation.ts';

/** What an attack is made of, but for its search: all that the search itself may know. */
export interface RecipeParts extends Part {
  readonly id: string;
  /** One more with each change of what it does to a text. Its parts have versions of their own. */
  readonly version: number;
  /** Which named set of choices it began with, such as `default`, `paper` or `official`. */
  readonly preset: string;
  /** The paper or code that it follows. */
  readonly source: string;
  readonly goal: GoalRule;
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
  /** Most queries an example may cost, for each of its words that are attacked; the smaller of both counts. Absent: no limit. */
  readonly queriesPerWord?: number;
  /** Which profile stands in place of the recipe's own rules of meaning. Absent: none. */
  readonly profile?: string;
  /** Endings that the measures count as robust: `failed` alone, or as in the published code whatever did not flip. */
  readonly robustEndings: RobustEndings;
}
