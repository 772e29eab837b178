import type { AttackRecord } from '../attacks/record.ts';
import { type Calibration, calibration } from './calibration.ts';

/**
 * Indices of the classes among a record's probabilities, as far as predictions tell: a class comes first where it is
 * predicted, and the one class that never is takes the place that is left.
 */
export function classIndices(records: readonly AttackRecord[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let classes = 0;
  for (const record of records) {
    for (const [prediction, row] of [
      [record.originalPrediction, record.originalLogits ?? record.originalProbabilities],
      [record.finalPrediction, record.finalProbabilities],
    ] as const) {
      classes = Math.max(classes, row.length);
      const [first, ...ties] = row.flatMap((value, c) => (value === Math.max(...row) ? [c] : []));
      if (first !== undefined && ties.length === 0) found.set(prediction, first); // rounded, equals tell nothing
    }
  }
  const unseen = [...new Set(records.map(({ label }) => label))].filter((label) => !found.has(label));
  const taken = new Set(found.values());
  const free = Array.from({ length: classes }, (_, c) => c).filter((c) => !taken.has(c));
  if (unseen.length === 1 && free.length === 1) found.set(unseen[0]!, free[0]!);
  return found;
}

/**
 * {@link calibration} on the texts before the attack. Undefined where records have no logits, as those of earlier versions, or
 * where they do not tell which logit is which class.
 */
export function calibrationOf(records: readonly AttackRecord[]): Calibration | undefined {
  const indices = classIndices(records);
  const answered = records.filter(({ originalPrediction }) => originalPrediction !== '');
  const rows = answered.flatMap(({ originalLogits }) =>
    originalLogits === undefined ? [] : [originalLogits],
  );
  const classes = answered.flatMap(({ label }) => indices.get(label) ?? []);
  if (rows.length < answered.length || classes.length < answered.length) return undefined;
  if (classes.some((one, i) => rows[i]![one] === undefined)) return undefined; // a damaged file's row lacks its class
  return calibration(rows, classes);
}
