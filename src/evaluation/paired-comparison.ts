import type { AttackRecord } from '../attacks/record.ts';
import { VdaError } from '../base/error.ts';
import { bootstrapRatio, type Estimate, holm, mcnemarExact } from '../base/statistics.ts';
import type { MetricsOptions } from './metrics.ts';
import { isRobust, type Outcome, outcomeOf, requireRecords } from './outcome.ts';

/** A paired comparison of robustness: two models on the examples that both had right before the attack. */
export interface PairedComparison {
  /** Examples that both models had right. */
  readonly examples: number;
  /** Proportion of them that are robust, second model minus first, in [−1, 1]. */
  readonly difference: Estimate;
  /** Examples that only the first, or only under the second model are robust; over seeds: more often. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Two-sided exact McNemar p-value of that split. */
  readonly pValue: number;
}

/** Attacks on two models with the same test set, such as those trained with one seed. */
export interface AttackPair {
  readonly first: readonly Outcome[];
  readonly second: readonly Outcome[];
}

/**
 * The paired comparison (McNemar, bootstrap) of two attacked models on the intersection of the examples that each had right, so that a difference in
 * clean accuracy can't pass for one in robustness.
 *
 *     difference = mean(robust₂ − robust₁), with a percentile-bootstrap 95 % interval over examples
 *
 * Of several comparisons the best looks better than it is: {@link correctedForNumber}. That the two were attacked alike is for
 * the caller to see to; records do not say.
 *
 * @throws VdaError `bad-input` when an id stands for different texts in the two: they aren't the same test set; `usage` for what
 *   are no records
 */
export function pairedComparison(
  first: readonly AttackRecord[],
  second: readonly AttackRecord[],
  options: MetricsOptions = {},
): PairedComparison {
  for (const records of [first, second]) requireRecords('pairedComparison', records);
  return pairedOverRuns([first], [second], options);
}

/**
 * {@link pairedOverSeeds} of the attacks on two methods, given as records: the first run of one with the first of the
 * other, and so on, as far as both go.
 *
 * @throws VdaError `bad-input` as {@link pairedComparison}
 */
export function pairedOverRuns(
  first: readonly (readonly AttackRecord[])[],
  second: readonly (readonly AttackRecord[])[],
  { robustEndings }: MetricsOptions = {},
): PairedComparison {
  const known = new Map<number, AttackRecord>();
  for (const record of [...first, ...second].flat()) {
    const other = known.get(record.id) ?? record;
    known.set(record.id, other);
    requireSameText(other, record);
  }
  const pairs = first.slice(0, second.length).map((records, i) => ({
    first: records.map((record) => outcomeOf(record, robustEndings)),
    second: second[i]!.map((record) => outcomeOf(record, robustEndings)),
  }));
  return pairedOverSeeds(pairs);
}

/** A comparison that stands among others: of several that are tested, the best looks better than it is. */
export interface TestedComparison extends PairedComparison {
  /** {@link holm}'s p-value over all comparisons of the table. */
  readonly adjustedP: number;
}

/**
 * Multiple-testing correction (Holm) of the p-values of all comparisons of a table. Those without an example that both models had
 * right test nothing and are not counted.
 */
export function correctedForNumber<T extends PairedComparison>(
  comparisons: readonly T[],
): readonly (T & TestedComparison)[] {
  const tested = comparisons.filter(({ examples }) => examples > 0);
  const adjusted = holm(tested.map(({ pValue }) => pValue));
  const found = new Map(tested.map((comparison, i) => [comparison, adjusted[i]!]));
  return comparisons.map((comparison) => ({ ...comparison, adjustedP: found.get(comparison) ?? 1 }));
}

/**
 * Whether a difference in robustness is significant: its interval excludes 0, and McNemar's test, corrected for the number of
 * comparisons, is below 0.05. The interval alone is too narrow where few examples differ: with four of them, all on one
 * side, it excludes 0 at p = 0.125.
 */
export const isSignificant = ({ difference: { low, high }, adjustedP }: TestedComparison): boolean =>
  (low > 0 || high < 0) && adjustedP < 0.05;

/**
 * {@link pairedComparison} of two methods trained with several seeds, a pair of attacks for each seed. What two
 * seeds make of one example is not independent, so an example is one observation, whatever the number of pairs
 * in which both models had it right:
 *
 *     dᵢ = Σ over those pairs of (robust₂ − robust₁),   mᵢ = their number
 *     difference = Σ dᵢ / Σ mᵢ, with a percentile-bootstrap 95 % interval over examples
 *     p = exact McNemar (sign test) of #{dᵢ < 0} against #{dᵢ > 0}
 *
 * The seeds are taken as given: the interval says nothing of others. That an id stands for the same text throughout is
 * for the caller to see to.
 */
export function pairedOverSeeds(pairs: readonly AttackPair[]): PairedComparison {
  const byExample = new Map<number, { top: number; bottom: number }>();
  for (const { first, second } of pairs) {
    const partners = new Map(first.map((outcome) => [outcome.id, outcome]));
    for (const outcome of second) {
      const partner = partners.get(outcome.id);
      if (!partner?.correct || !outcome.correct) continue;
      const { top, bottom } = byExample.get(outcome.id) ?? { top: 0, bottom: 0 };
      const gain = Number(isRobust(outcome)) - Number(isRobust(partner));
      byExample.set(outcome.id, { top: top + gain, bottom: bottom + 1 });
    }
  }
  const gains = [...byExample.values()];
  const onlyFirst = gains.filter(({ top }) => top < 0).length;
  const onlySecond = gains.filter(({ top }) => top > 0).length;
  return {
    examples: gains.length,
    difference: bootstrapRatio(gains, { purpose: 'paired difference' }),
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
