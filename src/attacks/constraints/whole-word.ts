import { wordConstraint } from './constraint.ts';

/** Letters and digits with their combining marks; apostrophes, dots and hyphens only inside. */
const word = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’.-][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*$/u;

/**
 * A word gives way to a word: punctuation is not replaced, nothing but one whole word is put in, and the
 * word must be another one when case is left aside.
 */
export const wholeWord = wordConstraint(
  { id: 'whole-word', version: 2, name: 'whole words' },
  {
    allowsReplacing: (from) => word.test(from),
    allowsSubstitution: (from, to) => word.test(to) && from.toLowerCase() !== to.toLowerCase(),
  },
);
