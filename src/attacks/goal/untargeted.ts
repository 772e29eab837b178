import type { Probabilities } from '../ports.ts';

/** Index of the largest probability, the first of equals. */
export function predicted(row: Probabilities): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

/** The attack's goal: any other class than the true one. */
export interface Goal {
  /** True when the prediction is what the attack wants. */
  readonly reached: (row: Probabilities) => boolean;
  /** What the attack lowers: the true class's probability. */
  readonly resistance: (row: Probabilities) => number;
}

/** Makes the model answer anything but `label`. Source: Li et al. 2020, Algorithm 1. */
export const untargeted = (label: number): Goal => ({
  reached: (row) => predicted(row) !== label,
  resistance: (row) => row[label]!,
});
