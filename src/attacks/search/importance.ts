import { predicted } from '../goal/untargeted.ts';
import type { Probabilities } from '../ports.ts';

/** Importance of a word, from the probabilities before and after it was hidden. */
export type Importance = (rows: {
  readonly clean: Probabilities;
  readonly hidden: Probabilities;
  readonly label: number;
}) => number;

/**
 * How much the true class loses: I = p_y(S) − p_y(S without w).
 *
 * Source: Li et al. 2020, Eq. 1 (which hides the word behind `[MASK]`; here `[UNK]`, see the recipe).
 */
export const dropOfTrueLabel: Importance = ({ clean, hidden, label }) => clean[label]! - hidden[label]!;

/** The published code's: the drop, and where the prediction flips to class c also the rise p_c(S without w) − p_c(S). */
export const dropAndRise: Importance = ({ clean, hidden, label }) => {
  const winner = predicted(hidden);
  const rise = winner === label ? 0 : hidden[winner]! - clean[winner]!;
  return clean[label]! - hidden[label]! + rise;
};

/** Indices by falling score, equal scores in order of position. */
export const byFallingScore = (scores: readonly number[]): readonly number[] =>
  scores.map((_, index) => index).sort((a, b) => scores[b]! - scores[a]! || a - b);
