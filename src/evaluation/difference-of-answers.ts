import { probabilitiesOf } from '../base/probabilities-of.ts';
import { type Estimate, wilson } from '../base/statistics.ts';
import { predictedClass } from './classification-metrics.ts';

/** How far one model's answers are from another's to the same texts. */
export interface DifferenceOfAnswers {
  /** Fraction of the texts that both give the same label, with its 95 % interval. */
  readonly agreement: Estimate;
  /** max |p − q| over texts and classes. */
  readonly largestDifference: number;
}

/**
 * Compares answers, such as a quantised model's with those of the model it was made from.
 * @param rows logits, a row a text
 * @param reference the other model's, of the same texts
 */
export function differenceOfAnswers(
  rows: readonly ArrayLike<number>[],
  reference: readonly ArrayLike<number>[],
): DifferenceOfAnswers {
  const same = rows.filter((row, i) => predictedClass(row) === predictedClass(reference[i]!)).length;
  const largestDifference = rows.reduce((most, row, i) => {
    const others = probabilitiesOf(reference[i]!);
    return probabilitiesOf(row).reduce((max, p, c) => Math.max(max, Math.abs(p - others[c]!)), most);
  }, 0);
  return { agreement: wilson(same, rows.length), largestDifference };
}
