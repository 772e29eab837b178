import { VdaError } from '../base/error.ts';
import { bootstrapMean, type Estimate, mcnemarExact } from '../base/statistics.ts';
import { isRobust, originallyCorrect } from './metrics.ts';
import type { AttackRecord } from './record.ts';

/** Two models on the examples that both had right before the attack. */
export interface PairedComparison {
  /** Examples that both models had right. */
  readonly examples: number;
  /** Share of them that stay right, second model minus first, in [−1, 1]. */
  readonly difference: Estimate;
  /** Examples that only the first, or only the second model kept. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Two-sided exact McNemar p-value of that split. */
  readonly pValue: number;
}

/**
 * Compares two attacked models on the intersection of the examples that each had right, so that a difference in
 * clean accuracy can't pass for one in robustness.
 *
 *     difference = mean(robust₂ − robust₁), with a percentile-bootstrap 95 % interval over examples
 *
 * @throws VdaError `bad-input` when an id stands for different texts in the two: they aren't the same test set
 */
export function pairedComparison(
  first: readonly AttackRecord[],
  second: readonly AttackRecord[],
): PairedComparison {
  const byId = new Map(first.map((record) => [record.id, record]));
  const outcomes: { readonly first: boolean; readonly second: boolean }[] = [];
  for (const record of second) {
    const partner = byId.get(record.id);
    if (partner === undefined) continue;
    requireSameText(partner, record);
    if (originallyCorrect(partner) && originallyCorrect(record)) {
      outcomes.push({ first: isRobust(partner), second: isRobust(record) });
    }
  }
  const onlyFirst = outcomes.filter((outcome) => outcome.first && !outcome.second).length;
  const onlySecond = outcomes.filter((outcome) => outcome.second && !outcome.first).length;
  return {
    examples: outcomes.length,
    difference: bootstrapMean(
      outcomes.map((outcome) => Number(outcome.second) - Number(outcome.first)),
      { purpose: 'paired difference' },
    ),
    onlyFirst,
    onlySecond,
    pValue: mcnemarExact(onlyFirst, onlySecond),
  };
}

/** Case and spaces may differ with the attack's way of splitting words; the rest may not. */
function requireSameText(first: AttackRecord, second: AttackRecord): void {
  const essence = ({ text, textPair = '' }: AttackRecord) =>
    `${text}\n${textPair}`.toLowerCase().replace(/\s+/g, '');
  if (essence(first) === essence(second)) return;
  throw new VdaError(
    'bad-input',
    `Two attacks can't be compared example by example: example ${first.id} is ${JSON.stringify(first.text)} in ` +
      `the first and ${JSON.stringify(second.text)} in the second. Compare attacks on the same test file.`,
  );
}
