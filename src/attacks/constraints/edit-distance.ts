import { editDistance as distance } from '../../base/edit-distance.ts';
import { editedWords } from '../../text/edited-text.ts';
import type { Constraint } from './constraint.ts';

/**
 * At most so many letters of the text may differ: the sum of the distances of what was edited (Damerau-Levenshtein, optimal
 * string alignment).
 *
 * Source: Gao et al. 2018 bound the Levenshtein distance of the whole text; edits are of words, so theirs add up to it.
 */
export const editDistance = ({ most }: { readonly most: number }): Constraint => ({
  ...{ id: 'edit-distance', version: 1, settings: { most } },
  name: `edit distance ≤ ${most}`,
  after: ({ edited }) =>
    edited.edits.reduce((sum, edit) => sum + distance(editedWords(edited, edit), edit.to), 0) <= most,
});
