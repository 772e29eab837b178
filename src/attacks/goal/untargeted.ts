import { type GoalRule, predicted } from './goal.ts';

/** Makes the model answer anything but the true class, by lowering its probability. Source: Li et al. 2020, Algorithm 1. */
export const untargeted: GoalRule = {
  ...{ id: 'untargeted', version: 1 },
  of: (label) => ({
    reached: (row) => predicted(row) !== label,
    score: (row) => row[label]!,
  }),
};
