import type { Part } from '../../base/part.ts';
import type { Edit, EditedText } from '../../text/edited-text.ts';
import type { ExampleTools } from '../search/example-tools.ts';
import type { Search } from '../search/request.ts';

/** A word of a text that an attack would change. */
export interface Place {
  readonly text: EditedText;
  /** Index among the words of the original. */
  readonly index: number;
  /** The word without the punctuation around it, in the case it has in the text. */
  readonly word: string;
}

/** An edit that an attack would try, and the text before and after it. */
export interface Change {
  readonly edit: Edit;
  /** What goes, without the punctuation around it; empty for an insertion. */
  readonly from: string;
  /** What comes, without the punctuation around it; empty for a deletion. */
  readonly to: string;
  /** The text as it was before this edit; what the attack began with is `original` of it. */
  readonly original: EditedText;
  readonly edited: EditedText;
}

/** Whether an edit puts one word in place of one: what is left of it without punctuation, and no space in it. */
export const isSwap = ({ edit, to }: Change): boolean =>
  edit.end === edit.start + 1 && to !== '' && !/\s/.test(edit.to);

/**
 * A rule about what an attack may do to a text. What it answers depends on its arguments alone (and on a service, where it asks
 * one), and two of equal id, version, settings and content answer the same.
 */
export interface Constraint extends Part {
  readonly version: number;
  /** How the rule is named where results are shown: what it is and where its knowledge comes from. */
  readonly name: string;
  /** Which models `judge` asks. Absent: none. */
  readonly asks?: readonly ('encoder' | 'maskedLm')[];
  /** May another word change, after so many of so many? Absent: yes. */
  readonly limit?: (counts: { readonly changed: number; readonly words: number }) => boolean;
  /** May anything be tried at this word? Absent: yes. */
  readonly before?: (place: Place) => boolean;
  /** May this edit be tried? Absent: yes. */
  readonly after?: (change: Change) => boolean;
  /** May each of these edits be tried? For rules that ask a service; they come last. Absent: yes. */
  readonly judge?: (changes: readonly Change[], tools: ExampleTools) => Search<readonly boolean[]>;
}

/** A rule that looks at two words and at nothing around them. */
export interface WordRule {
  /** May this word of the text be replaced at all? */
  readonly allowsReplacing?: (word: string) => boolean;
  /** May `to` stand in for `from`? Asked of edits that put a word in place of a word. */
  readonly allowsSubstitution?: (from: string, to: string) => boolean;
}

/** A constraint made of a rule about words. An edit that inserts, deletes or merges is none that it could judge. */
export const wordConstraint = (
  part: Omit<Constraint, 'limit' | 'before' | 'after' | 'judge'>,
  { allowsReplacing, allowsSubstitution }: WordRule,
): WordConstraint => ({
  ...part,
  ...(allowsReplacing && { allowsReplacing, before: ({ word }: Place) => allowsReplacing(word) }),
  ...(allowsSubstitution && {
    allowsSubstitution,
    after: ({ edit, from, to }: Change) =>
      edit.end !== edit.start + 1 || edit.to === '' || allowsSubstitution(from, to),
  }),
});

/** A constraint that may also be asked about two words alone, outside of a text. */
export type WordConstraint = Constraint & WordRule;

/** True when every rule lets the word be replaced. */
export const mayReplace = (rules: readonly WordRule[], word: string): boolean =>
  rules.every((rule) => rule.allowsReplacing?.(word) ?? true);

/** True when every rule lets `to` stand in for `from`. */
export const maySubstitute = (rules: readonly WordRule[], [from, to]: readonly [string, string]): boolean =>
  rules.every((rule) => rule.allowsSubstitution?.(from, to) ?? true);
