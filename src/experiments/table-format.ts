import type { Estimate } from '../base/statistics.ts';
import type { PrintedCell } from '../report/printed-table.ts';
import { formatDifference, formatPValue } from '../report/result-row.ts';
import type { PaperMeasure } from './grid.ts';
import type { CellComparison, TableCell } from './table.ts';

/** Names of the measures as in Zhou et al. 2021, Table 2. */
export const measureNames: Readonly<Record<PaperMeasure, string>> = {
  oriAcc: 'Ori Acc',
  attAcc: 'Att Acc',
  qNum: 'Q Num',
  perturb: 'Perturb',
};

/** What stands where there is no number. */
export const unknown = '–';

/** A measure for people: per cent, or queries, with one decimal. */
export const shown = (value: number, measure: PaperMeasure): string =>
  Number.isFinite(value) ? (measure === 'qNum' ? value : 100 * value).toFixed(1) : unknown;

/** The 95 % interval in brackets; empty where there is none. */
export const interval = ({ low, high }: Estimate, measure: PaperMeasure): string =>
  Number.isFinite(low) && Number.isFinite(high) ? `[${shown(low, measure)}, ${shown(high, measure)}]` : '';

/** The paper's figure and how ours differs from it: `86.8 (−0.6)`; undefined where the paper has none. */
export function besidePaper({ metrics, paper }: TableCell, measure: PaperMeasure): string | undefined {
  const theirs = paper[measure];
  if (theirs === undefined) return undefined;
  const ours = metrics?.[measure].value ?? Number.NaN;
  const difference = Number.isFinite(ours)
    ? ` (${formatDifference(ours - theirs, measure === 'qNum' ? 'count' : 'percent')})`
    : '';
  return shown(theirs, measure) + difference;
}

/** Number of seeds, with the deviation of Att Acc between them: `3 ± 1.2`. */
export function seedsOf({ metrics }: TableCell): string {
  if (metrics === undefined) return unknown;
  const { seeds, seedDeviation } = metrics;
  return seeds === 1 ? '1' : `${seeds} ± ${shown(seedDeviation, 'attAcc')}`;
}

/** Number of examples, and of attacks that ended without an answer: `200 (3 cut short, 12 out of queries)`. */
export function examplesOf({ metrics }: TableCell): string {
  if (metrics === undefined) return unknown;
  const { examples, errors, timeouts, outOfQueries, nothingToChange } = metrics;
  const unanswered = [
    [errors + timeouts, 'cut short'] as const,
    [outOfQueries, 'out of queries'] as const,
    [nothingToChange, 'with nothing to change'] as const,
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return unanswered.length === 0 ? String(examples) : `${examples} (${unanswered.join(', ')})`;
}

/** Heads of {@link calibrationCells}. */
export const calibrationHeads = ['Confidence', 'ECE', 'Temperature'] as const;

/** How sure a cell's models are before the attack. */
export function calibrationCells({ calibration }: TableCell): readonly PrintedCell[] {
  if (calibration === undefined) return calibrationHeads.map(() => ({ value: unknown }));
  const { confidence, ece, temperature } = calibration;
  const factor = Number.isFinite(temperature) ? temperature.toPrecision(3) : unknown;
  return [shown(confidence, 'oriAcc'), shown(ece, 'oriAcc'), factor].map((value) => ({ value }));
}

const points = (difference: number) => formatDifference(difference, 'percent');

/** A comparison as the cells of a table under {@link comparisonHeads}. */
export function comparisonCells(p: CellComparison): readonly PrintedCell[] {
  const { value, low, high } = p.difference;
  const none = p.examples === 0;
  const known = Number.isFinite(low) && Number.isFinite(high);
  return [
    { value: p.against },
    none
      ? { value: unknown }
      : { value: points(value), ...(known && { interval: `[${points(low)}, ${points(high)}]` }) },
    { value: String(p.examples) },
    { value: String(p.onlySecond) },
    { value: String(p.onlyFirst) },
    { value: none ? unknown : formatPValue(p.pValue) },
    { value: none ? unknown : formatPValue(p.adjustedP) },
    { value: String(p.seeds) },
  ];
}

/** Heads of the columns of {@link comparisonCells}. */
export const comparisonHeads = [
  'Against',
  'Difference',
  'Both right',
  'Kept by it alone',
  'By the other alone',
  'McNemar p',
  'Holm p',
  'Seeds',
] as const;
