import type { Part } from '../../base/part.ts';

/**
 * A rule about replacing one word. Rules are pure: what they answer depends on their arguments alone, and two of equal
 * id, version, settings and content answer the same. Words come without the punctuation around them, in the case they have in the text.
 */
export interface Constraint extends Part {
  readonly version: number;
  /** How the rule is named where results are shown: what it is and where its knowledge comes from. */
  readonly name: string;
  /** May this word of the text be replaced at all? Absent: yes. */
  readonly allowsReplacing?: (word: string) => boolean;
  /** May `to` stand in for `from`? Absent: yes. */
  readonly allowsSubstitution?: (from: string, to: string) => boolean;
}

/** True when every rule lets the word be replaced. */
export const mayReplace = (constraints: readonly Constraint[], word: string): boolean =>
  constraints.every((rule) => rule.allowsReplacing?.(word) ?? true);

/** True when every rule lets `to` stand in for `from`. */
export const maySubstitute = (
  constraints: readonly Constraint[],
  [from, to]: readonly [string, string],
): boolean => constraints.every((rule) => rule.allowsSubstitution?.(from, to) ?? true);
