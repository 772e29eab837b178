import type { Logits, Probabilities, Victim } from '../victim.ts';

/**
 * What a victim answers, as logits: those it has, or the logarithms of its probabilities, which are logits too. A
 * probability of 0 counts as the least positive double, 5e-324.
 */
export const logitsOf = (row: Logits | Probabilities, answers: Victim['answers']): Logits =>
  answers === 'logits' ? row : Array.from(row, (p) => Math.log(Math.max(p, Number.MIN_VALUE)));

/** Rows of a call from which on it says something that many of them are alike. */
const leastRows = 16;

/**
 * Watches the probabilities that a victim answers for those that hide differences between texts, and says so once for each kind:
 * probabilities of exactly 0 or 1, and different texts of which more than half have the same probabilities as another.
 */
export function watchSaturation(onRemark: ((remark: string) => void) | undefined) {
  let [saturated, tied] = [false, false];
  return (rows: readonly Probabilities[]): void => {
    if (onRemark === undefined) return;
    if (!saturated && rows.some((row) => Array.from(row).some((p) => p === 0 || p === 1))) {
      saturated = true;
      onRemark(
        'The victim answers probabilities of exactly 0 or 1: the search cannot tell how near such texts are to another class, ' +
          "and the model may look more robust than it is. Let it answer logits, with answers: 'logits'.",
      );
    }
    if (!tied && !saturated && rows.length >= leastRows) {
      const distinct = new Set(rows.map((row) => Array.from(row).join())).size;
      tied = 2 * distinct < rows.length;
      if (tied) {
        onRemark(
          `The victim answers ${distinct} different rows of probabilities to ${rows.length} texts, so most tie: they may be rounded. ` +
            "The search cannot tell such texts apart, and the model may look more robust than it is. Let it answer logits, with answers: 'logits', or more decimals.",
        );
      }
    }
  };
}
