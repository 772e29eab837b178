import type { Logits } from '../victim.ts';
import { type GoalRule, predicted } from './goal.ts';

/**
 * Makes the model answer anything but the true class, by lowering its margin. Source: Li et al. 2020, Algorithm 1; departure: they
 * lower the probability of the true class, which an over-confident model rounds to 1 whatever the text.
 */
export const untargeted: GoalRule = {
  ...{ id: 'untargeted', version: 2 }, // 1: untargetedByProbability
  of: (label) => ({
    reached: (row) => predicted(row) !== label,
    score: (row) => marginOf(row, label),
  }),
};

/**
 * The logit margin, in double precision:
 *
 *     m(z, y) = z_y − max_{c≠y} z_c
 *
 * Of log-probabilities it is the log-odds log p_y − max_{c≠y} log p_c. Logits times a constant above 0 give margins in the same
 * order, so that a model's confidence hides nothing of it.
 *
 * Source: Carlini & Wagner 2017 (arXiv:1608.04644), f₆ of §V.A.
 */
export function marginOf(row: Logits, label: number): number {
  let other = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < row.length; c++) if (c !== label && row[c]! > other) other = row[c]!;
  return row[label]! - other;
}
