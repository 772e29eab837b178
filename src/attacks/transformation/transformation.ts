import type { Part } from '../../base/part.ts';
import type { MaskFiller, WordFill } from '../ports.ts';

/** A word of the text and what the masked language model said about it. */
export interface Slot {
  readonly word: string;
  readonly fill: WordFill;
  readonly topK: number;
}

/** The words that may be tried, or token sequences that have to be ranked by their loss first. */
export type Proposals =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'to-rank'; readonly sequences: readonly (readonly number[])[] };

/** Turns the model's tokens into words to try, best first; constraints come after. */
export interface Transformation extends Part {
  readonly version: number;
  propose(slot: Slot, filler: MaskFiller): Proposals;
}
