import type { AttackRecord } from '../attacks/record.ts';
import { onlyFailed, type RobustEndings } from '../attacks/robust-endings.ts';
import { requireArgument } from '../base/setting-rules.ts';
import { bootstrapRatio, clusteredWilson, type Estimate, studentMean } from '../base/statistics.ts';
import { isRobust, isRun, type Outcome, outcomeOf, requireOutcomes, requireRecords } from './outcome.ts';

/** The measures of a results table; proportions and Perturb are fractions in [0, 1]. */
export type MeasureName = 'oriAcc' | 'attAcc' | 'successRate' | 'qNum' | 'perturb';

/** Counts of attacks that did not run to an answer, which a reader must know of. */
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

/** Robustness metrics of one attacked model, or of one method under several seeds. */
export interface AttackMetrics extends Readonly<Record<MeasureName, Estimate>>, EndingCounts {
  /** Distinct examples attacked. */
  readonly examples: number;
  /** Attacks counted: of each example, one in each run. */
  readonly attacks: number;
  /** Runs behind the numbers. */
  readonly seeds: number;
  /** The endings that these numbers count as robust. */
  readonly robustEndings: RobustEndings;
  /** Standard deviation of Att Acc between the runs; NaN of one run. */
  readonly seedDeviation: number;
  /** The other answer to "several seeds", where there are several: see {@link aggregateSeeds}. */
  readonly overSeeds?: SeedMeans;
}

/** Means over seeds, with Student's t intervals. */
export type SeedMeans = Readonly<Record<MeasureName, Estimate>>;

/** Proportion of outcomes that pass a test, with its interval. Of several runs, an example under all of them is one cluster of {@link clusteredWilson}. */
function proportionOf(outcomes: readonly Outcome[], test: (outcome: Outcome) => boolean): Estimate {
  const clusters = byExample(outcomes).map((runs) => ({
    top: runs.filter(test).length,
    bottom: runs.length,
  }));
  return clusteredWilson(clusters);
}

/** What the measures are taken by. */
export interface MetricsOptions {
  /** The endings that count as robust: what the attack's folder recorded. Default: `failed` alone. */
  readonly robustEndings?: RobustEndings | undefined;
}

/** Robust accuracy (the paper's Att Acc) alone, see {@link metricsOverSeeds}: cheap, for it needs no bootstrap. */
export const attackAccuracy = (
  records: readonly AttackRecord[],
  { robustEndings = onlyFailed }: MetricsOptions = {},
): Estimate =>
  proportionOf(
    records.map((record) => outcomeOf(record, robustEndings)),
    isRobust,
  );

/** The endings that a reader must know of, counted. */
function countEndings(endings: readonly Pick<Outcome, 'status'>[]): EndingCounts {
  const count = (wanted: Outcome['status']) => endings.filter(({ status }) => status === wanted).length;
  return {
    outOfQueries: count('out-of-queries'),
    nothingToChange: count('nothing-to-change'),
    errors: count('error'),
    timeouts: count('timeout'),
  };
}

/**
 * Clean accuracy, robust accuracy (accuracy under attack), queries and perturbation rate as in Zhou et al. 2021, §5.1.3, and the
 * attack success rate, over the attacks on models that differ in their seed, or on one:
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
 * With equally many examples in each run, an accuracy is the mean of the runs' accuracies.
 *
 * Intervals are 95 % and cover the choice of test examples, at these seeds: an example with all that became of it under
 * the seeds is one observation. For the proportions it is Wilson's at the effective sample size, for the other two a
 * percentile bootstrap over examples. How much the seeds differ stands beside them: `seedDeviation`, `overSeeds`.
 *
 * Departure: the paper's code counts whatever did not flip as robust; so does the published code's preset.
 *
 * @param runs outcomes of each attack
 * @throws VdaError `usage` for what is none
 */
export function metricsOverSeeds(
  runs: readonly (readonly Outcome[])[],
  { robustEndings = onlyFailed }: MetricsOptions = {},
): AttackMetrics {
  const owner = 'metricsOverSeeds';
  const expected = 'a list of runs, each a list of outcomes';
  requireArgument(Array.isArray(runs), { owner, name: 'runs', expected, got: runs });
  for (const run of runs) requireOutcomes(owner, run);
  const pooled = { ...metricsOf(runs.flat()), robustEndings, seeds: runs.length };
  if (runs.length < 2) return { ...pooled, seedDeviation: Number.NaN };
  const each = runs.map(metricsOf);
  return {
    ...pooled,
    seedDeviation: deviation(each.map(({ attAcc }) => attAcc.value)),
    overSeeds: aggregateSeeds(each),
  };
}

/**
 * Clean and robust accuracy, success rate, queries and perturbation rate of one attack, each with its 95 % interval: the measures of
 * {@link metricsOverSeeds} for a single run.
 *
 * @param records the lines of `results.jsonl`
 * @throws VdaError `usage` for what are no records
 */
export function attackMetrics(
  records: readonly AttackRecord[],
  { robustEndings = onlyFailed }: MetricsOptions = {},
): AttackMetrics {
  requireRecords('attackMetrics', records);
  return metricsOverSeeds([records.map((record) => outcomeOf(record, robustEndings))], { robustEndings });
}

/**
 * Mean of each measure over runs that differ in their seed, over seeds (Student's t): the 95 % interval covers what
 * another seed would give, on these test examples. The tables' own intervals, see {@link metricsOverSeeds}, cover the
 * other choice. The bounds of proportions are cut to [0, 1].
 * @returns infinite intervals where there is only one run: one seed says nothing about others
 */
export function aggregateSeeds(runs: readonly Readonly<Record<MeasureName, Estimate>>[]): SeedMeans {
  const mean = (measure: MeasureName) => studentMean(runs.map((run) => run[measure].value));
  const proportion = (measure: MeasureName): Estimate => {
    const { value, low, high } = mean(measure);
    return { value, low: Math.max(0, low), high: Math.min(1, high) };
  };
  return {
    oriAcc: proportion('oriAcc'),
    attAcc: proportion('attAcc'),
    successRate: proportion('successRate'),
    qNum: mean('qNum'),
    perturb: proportion('perturb'),
  };
}

/** What does not depend on how many runs there were. */
function metricsOf(
  outcomes: readonly Outcome[],
): Omit<AttackMetrics, 'seeds' | 'seedDeviation' | 'robustEndings'> {
  const run = outcomes.filter(isRun);
  const clusters = byExample(outcomes)
    .map((runs) => runs.filter(isRun))
    .filter((runs) => runs.length > 0);
  const ratio = (
    purpose: string,
    { top, bottom }: Readonly<Record<'top' | 'bottom', (outcome: Outcome) => number>>,
  ) =>
    bootstrapRatio(
      clusters.map((runs) => ({ top: sum(runs.map(top)), bottom: sum(runs.map(bottom)) })),
      { purpose },
    );
  return {
    examples: byExample(outcomes).length,
    attacks: outcomes.length,
    oriAcc: proportionOf(outcomes, ({ correct }) => correct),
    attAcc: proportionOf(outcomes, isRobust),
    successRate: proportionOf(run, ({ status }) => status === 'success'),
    qNum: ratio('q num', { top: ({ queries }) => queries, bottom: () => 1 }),
    perturb: ratio('perturb', { top: ({ changed }) => changed, bottom: ({ words }) => words }),
    ...countEndings(outcomes),
  };
}

/** What became of each example under all seeds, in the order of their first appearance. */
function byExample(outcomes: readonly Outcome[]): readonly (readonly Outcome[])[] {
  const found = new Map<number, Outcome[]>();
  for (const outcome of outcomes) {
    const runs = found.get(outcome.id);
    if (runs === undefined) found.set(outcome.id, [outcome]);
    else runs.push(outcome);
  }
  return [...found.values()];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Sample standard deviation. */
function deviation(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1));
}
