import type { Constraint } from './constraint.ts';

/**
 * A word is changed once: what an edit covers already is not edited again.
 *
 * Source: TextAttack's RepeatModification, part of nearly every published recipe.
 */
export const repeat: Constraint = {
  ...{ id: 'repeat', version: 1 },
  name: 'a word is changed once',
  before: ({ text, index }) => text.edits.every(({ start, end }) => index < start || index >= end),
};
