import type { Constraint } from './constraint.ts';

/** At most so many words of a text change, however long it is. */
export const maxWords = (most: number): Constraint => ({
  ...{ id: 'max-words', version: 1, settings: { most } },
  name: `at most ${most} words`,
  limit: ({ changed }) => changed < most,
});
