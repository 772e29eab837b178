import { excerpt, excerptList } from '../base/excerpt.ts';
import type { Estimate } from '../base/statistics.ts';
import {
  correctedForNumber,
  pairedOverRuns,
  type TestedComparison,
} from '../evaluation/paired-comparison.ts';
import { differingSettings, isSameAttack } from '../runs/provenance.ts';
import { modelOf, type ReportRow } from './report-input.ts';
import { formatDifference, formatPValue } from './result-row.ts';
import { isConstant } from './row-warnings.ts';

/** The paired comparisons of a report: every row with its baseline. */
export interface Comparisons {
  readonly compared: readonly Compared[];
  /** Rows that are not, and why, for people. */
  readonly left: readonly { readonly row: ReportRow; readonly against: ReportRow; readonly why: string }[];
}

/** A row beside its baseline. */
export interface Compared {
  readonly row: ReportRow;
  readonly against: ReportRow;
  readonly comparison: TestedComparison;
}

/**
 * The paired comparison of every row with its baseline, over the seeds of both, which are paired in their order, its p-value
 * corrected for the number of rows. The baseline is the first model: of the first model's rows the one that was attacked alike, else
 * the first. Rows that were attacked otherwise, or of which one side answers nearly one class only, are not tested; nor are
 * those that share no example with their baseline that both had right before the attack.
 *
 * @throws VdaError `bad-input` when two rows were attacked alike, but on different texts
 */
export function comparedWithFirst(rows: readonly ReportRow[]): Comparisons {
  const [first] = rows;
  if (first === undefined) return { compared: [], left: [] };
  const baselines = rows.filter((row) => modelOf(row) === modelOf(first));
  const others = rows.filter((row) => !baselines.includes(row));
  const pairs = others.map((row) => {
    const against = baselines.find((one) => isSameAttack(one.provenance, row.provenance)) ?? first;
    return { row, against, why: whyNot(against, row) };
  });
  const tested = pairs.filter(({ why }) => why === undefined);
  const comparisons = correctedForNumber(
    tested.map(({ row, against }) => pairedOverRuns(recordsByRun(against), recordsByRun(row), row.metrics)),
  );
  const all = tested.map(({ row, against }, i) => ({ row, against, comparison: comparisons[i]! }));
  const empty = new Set(all.filter(({ comparison }) => comparison.examples === 0).map(({ row }) => row));
  const left = pairs.flatMap(({ row, against, why }) => {
    const said = empty.has(row) ? 'no text that both had right before the attack' : why;
    return said === undefined ? [] : [{ row, against, why: said }];
  });
  return { compared: all.filter(({ row }) => !empty.has(row)), left };
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
