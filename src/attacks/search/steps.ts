import type { Edit, EditedText } from '../../text/edited-text.ts';
import type { Constraint } from '../constraints/constraint.ts';
import type { Logits } from '../victim.ts';

/**
 * What the search on one example just did, for whoever shows it or counts it. A search goes the same way whether or not anybody
 * listens, and tells it in its own order, however many run side by side.
 */
export type SearchStep =
  /** The clean text has its answer. */
  | { readonly kind: 'classified'; readonly row: Logits }
  /** Words to visit, most important first, and what each is worth: `importance[i]` is that of word `order[i]`. */
  | { readonly kind: 'ranked'; readonly order: readonly number[]; readonly importance: readonly number[] }
  /** A constraint lets this edit not be tried; without one, nothing at this word; without a word, no more words. */
  | { readonly kind: 'refused'; readonly by: Constraint; readonly index?: number; readonly edit?: Edit }
  /** What no constraint refused at a word, best first. */
  | { readonly kind: 'proposed'; readonly index: number; readonly edits: readonly Edit[] }
  /** The text with each of these edits was asked, one query each: candidates, or words hidden to rank them. */
  | {
      readonly kind: 'asked';
      readonly text: EditedText;
      readonly edits: readonly Edit[];
      readonly rows: readonly Logits[];
    }
  /** The search goes on from the text with this edit. */
  | { readonly kind: 'kept'; readonly edit: Edit; readonly row: Logits };
