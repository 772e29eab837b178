import type { Part } from '../../base/part.ts';
import type { Logits } from '../victim.ts';

/** What an attack wants of the model, for one example. */
export interface Goal {
  /** True when the prediction is what the attack wants. */
  readonly reached: (row: Logits) => boolean;
  /** What the attack lowers. */
  readonly score: (row: Logits) => number;
}

/** A goal, before there is an example. */
export interface GoalRule extends Part {
  readonly version: number;
  /** @param label index of the true class */
  readonly of: (label: number) => Goal;
}

/** Index of the largest logit, the first of equals. */
export function predicted(row: Logits): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}
