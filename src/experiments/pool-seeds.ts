import { countEndings, type EndingCounts, shareOf } from '../attacks/metrics.ts';
import { isKept, isRun, type Outcome } from '../attacks/outcome.ts';
import { bootstrapRatio, type Estimate } from '../base/statistics.ts';
import type { PaperMeasure } from './grid.ts';

/** The measures of one method over the seeds it was trained with. */
export interface PooledMetrics extends Readonly<Record<PaperMeasure, Estimate>>, EndingCounts {
  readonly seeds: number;
  /** Distinct examples attacked. */
  readonly examples: number;
  /** Standard deviation of Att Acc between the seeds; NaN of one seed. */
  readonly seedDeviation: number;
}

/**
 * Ori Acc, Att Acc, Q Num and Perturb (defined at `attackMetrics`) over the attacks on several models that differ in
 * their seed. With equally many examples in each, an accuracy is the mean of the runs' accuracies.
 *
 * An interval covers the choice of test examples, at these seeds: an example with all that became of it under the
 * seeds is one observation. For the proportions it is Wilson's at the effective sample size, for the other two a
 * percentile bootstrap over examples. How much the seeds differ stands beside it, as a standard deviation.
 *
 * @param runs outcomes of each attack, at least one
 */
export function poolSeeds(runs: readonly (readonly Outcome[])[]): PooledMetrics {
  const byExample = new Map<number, Outcome[]>();
  for (const outcome of runs.flat()) {
    byExample.set(outcome.id, [...(byExample.get(outcome.id) ?? []), outcome]);
  }
  const examples = [...byExample.values()];
  const count = (outcomes: readonly Outcome[], test: (outcome: Outcome) => boolean) =>
    outcomes.filter(test).length;
  const ratio = (
    purpose: string,
    { top, bottom }: Readonly<Record<'top' | 'bottom', (outcome: Outcome) => number>>,
  ) => {
    const sums = examples.map((seeds) => {
      const ended = seeds.filter(isRun);
      return { top: sum(ended.map(top)), bottom: sum(ended.map(bottom)) };
    });
    return bootstrapRatio(
      sums.filter(({ bottom }) => bottom > 0),
      { purpose },
    );
  };
  return {
    seeds: runs.length,
    examples: examples.length,
    oriAcc: shareOf(runs.flat(), ({ correct }) => correct),
    attAcc: shareOf(runs.flat(), isKept),
    qNum: ratio('q num', { top: ({ queries }) => queries, bottom: () => 1 }),
    perturb: ratio('perturb', { top: ({ changed }) => changed, bottom: ({ words }) => words }),
    seedDeviation: deviation(runs.map((outcomes) => count(outcomes, isKept) / outcomes.length)),
    ...countEndings(runs.flat()),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Sample standard deviation. */
function deviation(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1)); // 0/0 is NaN
}
