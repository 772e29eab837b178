import {
  bootstrapMean,
  bootstrapRatio,
  clusteredWilson,
  type Estimate,
  studentMean,
  wilson,
} from '../base/statistics.ts';
import { isKept, isRun, type Outcome, onlyFailed, outcomeOf, type RobustEndings } from './outcome.ts';
import type { AttackRecord } from './record.ts';

/** How many attacks ended in ways that a reader must know of. */
export interface EndingCounts {
  /** The query budget was used up with candidates left. */
  readonly outOfQueries: number;
  /** No edit was ever admissible. */
  readonly nothingToChange: number;
  /** Ended by an exception. */
  readonly errors: number;
  /** Ended by the example's clock. */
  readonly timeouts: number;
}

/** The numbers of one attacked model; proportions and Perturb are fractions in [0, 1]. */
export interface AttackMetrics extends EndingCounts {
  /** Records counted. */
  readonly examples: number;
  readonly oriAcc: Estimate;
  readonly attAcc: Estimate;
  readonly successRate: Estimate;
  readonly qNum: Estimate;
  readonly perturb: Estimate;
  /** The endings that these numbers count as robust. */
  readonly robustEndings: RobustEndings;
  /** Number of runs behind the numbers, where they are a mean over runs; see {@link aggregateSeeds}. */
  readonly seeds?: number;
}

/** Share of outcomes that pass a test. Of several runs, an example under all of them is one cluster of {@link clusteredWilson}. */
export function shareOf(outcomes: readonly Outcome[], test: (outcome: Outcome) => boolean): Estimate {
  const byExample = new Map<number, { top: number; bottom: number }>();
  for (const outcome of outcomes) {
    const { top, bottom } = byExample.get(outcome.id) ?? { top: 0, bottom: 0 };
    byExample.set(outcome.id, { top: top + Number(test(outcome)), bottom: bottom + 1 });
  }
  return clusteredWilson([...byExample.values()]);
}

/** What the measures are taken by. */
export interface MetricsOptions {
  /** The endings that count as robust: what the attack's folder recorded. Default: `failed` alone. */
  readonly robustEndings?: RobustEndings | undefined;
}

/** Att Acc alone, see {@link attackMetrics}: cheap, for it needs no bootstrap. */
export const attackAccuracy = (
  records: readonly AttackRecord[],
  { robustEndings = onlyFailed }: MetricsOptions = {},
): Estimate =>
  shareOf(
    records.map((record) => outcomeOf(record, robustEndings)),
    isKept,
  );

/** The endings that a reader must know of, counted. */
export function countEndings(endings: readonly Pick<Outcome, 'status'>[]): EndingCounts {
  const count = (wanted: Outcome['status']) => endings.filter(({ status }) => status === wanted).length;
  return {
    outOfQueries: count('out-of-queries'),
    nothingToChange: count('nothing-to-change'),
    errors: count('error'),
    timeouts: count('timeout'),
  };
}

/**
 * The measures of Zhou et al. 2021, §4.1, and the attack's success rate:
 *
 *     robust  = right before the attack, and its ending is one of `robustEndings`
 *     run     = succeeded, robust, or out of queries
 *     Ori Acc = #{right before the attack} / #{all}
 *     Att Acc = #{robust} / #{all}
 *     Success = #{attack succeeded} / #{run}
 *     Q Num   = mean number of queries             over those run
 *     Perturb = Σ changed words / Σ words          over those run
 *
 * So Att Acc is what was shown to hold; Ori Acc less Att Acc less the successes was not decided. An attack that spent its
 * budget was run, and under that budget it did not succeed: were it left out, a smaller budget would raise Success. Where
 * nothing could be changed there was no attack, so it is neither a failure of the attack nor a measure of its effort.
 * `error` and `timeout` are left out of the last three because their counts are cut short at a moment that the machine
 * chose.
 *
 * Intervals are 95 %: Wilson for the proportions, percentile bootstrap over examples for the other two. They
 * cover the choice of test examples, not of the training seed.
 *
 * Departure: the paper's code counts whatever did not flip as robust; so does `--fidelity official`.
 */
export function attackMetrics(
  records: readonly AttackRecord[],
  { robustEndings = onlyFailed }: MetricsOptions = {},
): AttackMetrics {
  const outcomes = records.map((record) => outcomeOf(record, robustEndings));
  const count = (test: (outcome: Outcome) => boolean) => outcomes.filter(test).length;
  const run = outcomes.filter(isRun);
  return {
    examples: records.length,
    oriAcc: wilson(
      count(({ correct }) => correct),
      records.length,
    ),
    attAcc: shareOf(outcomes, isKept),
    successRate: wilson(
      count(({ status }) => status === 'success'),
      run.length,
    ),
    qNum: bootstrapMean(
      run.map(({ queries }) => queries),
      { purpose: 'q num' },
    ),
    perturb: bootstrapRatio(
      run.map(({ changed, words }) => ({ top: changed, bottom: words })),
      { purpose: 'perturb' },
    ),
    ...countEndings(outcomes),
    robustEndings,
  };
}

/**
 * Mean of each measure over runs that differ in their seed, with Student's t 95 % interval across the runs:
 * what a run with another seed, on the same test examples, may be expected to give on average. The bounds of
 * proportions are cut to [0, 1]. Counts are summed.
 * @returns the run itself where there is only one: one seed says nothing about others
 */
export function aggregateSeeds(runs: readonly AttackMetrics[]): AttackMetrics {
  if (runs.length === 1) return runs[0]!;
  const mean = (measure: (run: AttackMetrics) => Estimate) =>
    studentMean(runs.map((run) => measure(run).value));
  const proportion = (measure: (run: AttackMetrics) => Estimate): Estimate => {
    const { value, low, high } = mean(measure);
    return { value, low: Math.max(0, low), high: Math.min(1, high) };
  };
  const total = (measure: (run: AttackMetrics) => number) => runs.reduce((sum, run) => sum + measure(run), 0);
  return {
    examples: total((run) => run.examples),
    oriAcc: proportion((run) => run.oriAcc),
    attAcc: proportion((run) => run.attAcc),
    successRate: proportion((run) => run.successRate),
    qNum: mean((run) => run.qNum),
    perturb: proportion((run) => run.perturb),
    outOfQueries: total((run) => run.outOfQueries),
    nothingToChange: total((run) => run.nothingToChange),
    errors: total((run) => run.errors),
    timeouts: total((run) => run.timeouts),
    robustEndings: runs[0]?.robustEndings ?? onlyFailed,
    seeds: runs.length,
  };
}
