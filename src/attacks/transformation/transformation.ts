import type { Part } from '../../base/part.ts';
import type { Edit } from '../../text/edited-text.ts';
import type { Place } from '../constraints/constraint.ts';
import type { ExampleTools } from '../search/example-tools.ts';
import type { Search } from '../search/request.ts';

/** Proposes edits at a word, best first; constraints come after. It may ask services, once an example or at each word. */
export interface Transformation extends Part {
  readonly version: number;
  /** It asks a masked language model; of a pair that reads both texts or the attacked one alone. Absent: it asks none. */
  readonly maskedLm?: { readonly inContext: boolean };
  readonly propose: (place: Place, tools: ExampleTools) => Search<readonly Edit[]>;
}

/** Edits that put each of some words in the place of one; what is blank, or is there already, makes none. */
export const swaps = (
  { text, index }: Pick<Place, 'text' | 'index'>,
  words: readonly string[],
): readonly Edit[] =>
  words
    .filter((to) => to.trim() !== '' && to !== text.original[index])
    .map((to) => ({ start: index, end: index + 1, to }));
