import type { Constraint } from './constraint.ts';

/** The published code's only rule of form: nothing that is spelt with a continuation mark is put in. */
export const noContinuation: Constraint = {
  name: 'no ## pieces',
  allowsSubstitution: (_from, to) => !to.includes('##'),
};
