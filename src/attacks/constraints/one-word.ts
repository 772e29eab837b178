import { type Constraint, isSwap } from './constraint.ts';

/**
 * One word gives way to one word: nothing is put in between, left out or merged, and what comes has neither a space nor a hyphen
 * that what goes had not. Rules about words judge no other edit.
 */
export const oneWord: Constraint = {
  ...{ id: 'one-word', version: 1 },
  name: 'one word for one',
  after: (change) => isSwap(change) && (change.from.includes('-') || !change.to.includes('-')),
};
