import { probabilitiesOf } from '../../base/probabilities-of.ts';
import { type GoalRule, predicted } from './goal.ts';

/**
 * Version 1 of the goal `untargeted`, which the published code has: lowers the probability of the true class. Where a model is so sure
 * that probabilities are rounded to 1, all its texts look alike to a search.
 *
 * Source: Li et al. 2020, Algorithm 1.
 */
export const untargetedByProbability: GoalRule = {
  ...{ id: 'untargeted', version: 1 },
  of: (label) => ({
    reached: (row) => predicted(row) !== label,
    score: (row) => probabilitiesOf(row)[label]!,
  }),
};
