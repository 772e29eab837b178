import { excerpt, excerptList } from '../base/excerpt.ts';
import type { Estimate } from '../base/statistics.ts';
import {
  correctedForNumber,
  pairedOverRuns,
  type TestedComparison,
} from '../evaluation/paired-comparison.ts';
import { differingSettings, isSameAttack } from '../runs/provenance.ts';
import type { ReportRow } from './report-input.ts';
import { formatDifference, formatPValue } from './result-row.ts';
import { isConstant } from './row-warnings.ts';

/** The paired comparisons of a report: every row against the first. */
export interface Comparisons {
  readonly compared: readonly Compared[];
  /** Rows that are not, and why, for people. */
  readonly left: readonly { readonly row: ReportRow; readonly why: string }[];
}

/** A row beside the first of the report. */
export interface Compared {
  readonly row: ReportRow;
  readonly comparison: TestedComparison;
}

/**
 * The paired comparison of every row with the first, over the seeds of both, which are paired in their order, its p-value
 * corrected for the number of rows. Rows that were attacked otherwise, or of which one side answers nearly one class only,
 * are not tested; nor are those that share no example with the first that both had right before the attack.
 *
 * @throws VdaError `bad-input` when two rows were attacked alike, but on different texts
 */
export function comparedWithFirst([baseline, ...others]: readonly ReportRow[]): Comparisons {
  if (baseline === undefined) return { compared: [], left: [] };
  const reasons = new Map(others.map((row) => [row, whyNot(baseline, row)]));
  const tested = others.filter((row) => reasons.get(row) === undefined);
  const comparisons = tested.map((row) =>
    pairedOverRuns(recordsByRun(baseline), recordsByRun(row), row.metrics),
  );
  const compared = correctedForNumber(comparisons).map((comparison, i) => ({ row: tested[i]!, comparison }));
  const empty = new Set(compared.filter(({ comparison }) => comparison.examples === 0).map(({ row }) => row));
  const left = others.flatMap((row) => {
    const why = empty.has(row) ? 'no text that both had right before the attack' : reasons.get(row);
    return why === undefined ? [] : [{ row, why }];
  });
  return { compared: compared.filter(({ row }) => !empty.has(row)), left };
}

/** Undefined where nothing speaks against a test. */
function whyNot(baseline: ReportRow, row: ReportRow): string | undefined {
  const constant = [baseline, row].filter(isConstant).map(({ name }) => excerpt(name));
  if (constant.length > 0) return `the predictions of ${constant.join(' and ')} are nearly all one class`;
  if (isSameAttack(baseline.provenance, row.provenance)) return undefined;
  const differing = differingSettings([baseline.provenance, row.provenance]).map(
    ({ name, values: [first, second] }) => `${name} ${first} there, ${second} here`,
  );
  return `attacked otherwise (${excerptList(differing, { quote: false }) || 'settings not recorded'})`;
}

const recordsByRun = ({ runs }: ReportRow) => runs.map(({ records }) => records);

/** A difference of two proportions in percentage points, with its sign. */
export const points = (difference: number): string => formatDifference(difference, 'percent');

/** The interval of a difference: `[+1.2, +5.0]`; empty for the unknown. */
export const pointsInterval = ({ low, high }: Estimate): string =>
  Number.isFinite(low) && Number.isFinite(high) ? `[${points(low)}, ${points(high)}]` : '';

/** `0.031`; of several comparisons with what Holm's correction makes of it. */
export const saidP = ({ pValue, adjustedP }: TestedComparison, comparisons: number): string =>
  comparisons === 1
    ? formatPValue(pValue)
    : `${formatPValue(pValue)}, corrected for ${comparisons} comparisons (Holm) ${formatPValue(adjustedP)}`;
