import {
  bootstrapMean,
  bootstrapRatio,
  clusteredWilson,
  type Estimate,
  studentMean,
  wilson,
} from '../base/statistics.ts';
import { isKept, type Outcome, originallyCorrect, outcomeOf } from './outcome.ts';
import type { AttackRecord } from './record.ts';

/** The numbers of one attacked model; proportions and Perturb are fractions in [0, 1]. */
export interface AttackMetrics {
  /** Records counted. */
  readonly examples: number;
  readonly oriAcc: Estimate;
  readonly attAcc: Estimate;
  readonly successRate: Estimate;
  readonly qNum: Estimate;
  readonly perturb: Estimate;
  /** Attacks ended by an exception or by the clock: not robust in `attAcc`, left out of the last three. */
  readonly errors: number;
  readonly timeouts: number;
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

/** Att Acc alone, see {@link attackMetrics}: cheap, for it needs no bootstrap. */
export const attackAccuracy = (records: readonly AttackRecord[]): Estimate =>
  shareOf(records.map(outcomeOf), isKept);

/**
 * The measures of Zhou et al. 2021, §4.1, and the attack's success rate:
 *
 *     Ori Acc = #{right before the attack} / #{all}
 *     Att Acc = #{right before, and the attack failed} / #{all}
 *     Success = #{attack succeeded} / #{attack succeeded or failed}
 *     Q Num   = mean number of queries             over examples whose attack succeeded or failed
 *     Perturb = Σ changed words / Σ words          over the same
 *
 * Intervals are 95 %: Wilson for the proportions, percentile bootstrap over examples for the other two. They
 * cover the choice of test examples, not of the training seed.
 *
 * Departure: the paper's code counts an attack ended by an exception as robust. Here `error` and `timeout` are
 * never robust, and as their query counts are cut short they are left out of the last three measures.
 */
export function attackMetrics(records: readonly AttackRecord[]): AttackMetrics {
  const count = (test: (record: AttackRecord) => boolean) => records.filter(test).length;
  const ended = records.filter(({ status }) => status === 'success' || status === 'failed');
  return {
    examples: records.length,
    oriAcc: wilson(count(originallyCorrect), records.length),
    attAcc: attackAccuracy(records),
    successRate: wilson(
      count(({ status }) => status === 'success'),
      ended.length,
    ),
    qNum: bootstrapMean(
      ended.map(({ queries }) => queries),
      { purpose: 'q num' },
    ),
    perturb: bootstrapRatio(
      ended.map(({ changes, words }) => ({ top: changes.length, bottom: words })),
      { purpose: 'perturb' },
    ),
    errors: count(({ status }) => status === 'error'),
    timeouts: count(({ status }) => status === 'timeout'),
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
    errors: total((run) => run.errors),
    timeouts: total((run) => run.timeouts),
    seeds: runs.length,
  };
}
