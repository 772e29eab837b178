import { type PairedComparison, pairedOverRuns } from '../attacks/paired-comparison.ts';
import { formatDifference } from '../attacks/result-row.ts';
import type { ReportRow } from './report-input.ts';

/** A row beside the first of the report. */
export interface Compared {
  readonly row: ReportRow;
  readonly comparison: PairedComparison;
}

/**
 * The paired comparison of every row with the first, over the seeds of both, which are paired in their order; rows that
 * share no example with it that both had right before the attack are left out.
 *
 * @throws VdaError `bad-input` when two rows were attacked on different test sets
 */
export const comparedWithFirst = ([baseline, ...others]: readonly ReportRow[]): readonly Compared[] =>
  others
    .map((row) => {
      const { robustEndings } = row.metrics;
      return {
        row,
        comparison: pairedOverRuns(recordsByRun(baseline!), recordsByRun(row), { robustEndings }),
      };
    })
    .filter(({ comparison }) => comparison.examples > 0);

const recordsByRun = ({ runs }: ReportRow) => runs.map(({ records }) => records);

/** A difference of two shares in percentage points, with its sign. */
export const points = (difference: number): string => formatDifference(difference, 'percent');
