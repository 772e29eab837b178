import { correctedForNumber, pairedOverRuns, type TestedComparison } from '../attacks/paired-comparison.ts';
import { formatDifference, formatPValue } from '../attacks/result-row.ts';
import type { Estimate } from '../base/statistics.ts';
import type { ReportRow } from './report-input.ts';

/** A row beside the first of the report. */
export interface Compared {
  readonly row: ReportRow;
  readonly comparison: TestedComparison;
}

/**
 * The paired comparison of every row with the first, over the seeds of both, which are paired in their order, its p-value
 * corrected for the number of rows; rows that share no example with it that both had right before the attack are left out.
 *
 * @throws VdaError `bad-input` when two rows were attacked on different test sets
 */
export function comparedWithFirst([baseline, ...others]: readonly ReportRow[]): readonly Compared[] {
  const comparisons = others.map((row) =>
    pairedOverRuns(recordsByRun(baseline!), recordsByRun(row), row.metrics),
  );
  return correctedForNumber(comparisons)
    .map((comparison, i) => ({ row: others[i]!, comparison }))
    .filter(({ comparison }) => comparison.examples > 0);
}

const recordsByRun = ({ runs }: ReportRow) => runs.map(({ records }) => records);

/** A difference of two shares in percentage points, with its sign. */
export const points = (difference: number): string => formatDifference(difference, 'percent');

/** The interval of a difference: `[+1.2, +5.0]`; empty for the unknown. */
export const pointsInterval = ({ low, high }: Estimate): string =>
  Number.isFinite(low) && Number.isFinite(high) ? `[${points(low)}, ${points(high)}]` : '';

/** `0.031`; of several comparisons with what Holm's correction makes of it. */
export const saidP = ({ pValue, adjustedP }: TestedComparison, comparisons: number): string =>
  comparisons === 1
    ? formatPValue(pValue)
    : `${formatPValue(pValue)}, corrected for ${comparisons} comparisons (Holm) ${formatPValue(adjustedP)}`;
