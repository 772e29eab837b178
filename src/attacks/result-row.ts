import type { Estimate } from '../base/statistics.ts';
import type { AttackMetrics } from './metrics.ts';

/** One line of a results table. */
export interface ResultRow {
  /** The model, e.g. `standard` or `vda`. */
  readonly name: string;
  readonly metrics: AttackMetrics;
  /** The attack and its preset, e.g. `bert-attack (paper)`. */
  readonly preset: string;
  /** Filters on candidate words that were on, e.g. `similarity ≥ 0.7`; none is a statement too. */
  readonly filters: readonly string[];
  /** What else a reader must know, e.g. that the attack is unfinished. */
  readonly note?: string;
}

/** A measure that is shown as a column. */
export interface ResultColumn {
  readonly key: 'oriAcc' | 'attAcc' | 'successRate' | 'qNum' | 'perturb';
  /** The paper's name for it, where it has one. */
  readonly header: string;
  readonly unit: 'percent' | 'count';
  /** Where a defender wants it. */
  readonly better: 'higher' | 'lower';
  readonly meaning: string;
}

/** The columns of every results table, in order; names as in Zhou et al. 2021, Table 2. */
export const resultColumns: readonly ResultColumn[] = [
  {
    key: 'oriAcc',
    header: 'Ori Acc',
    unit: 'percent',
    better: 'higher',
    meaning: 'right before the attack, of all examples',
  },
  {
    key: 'attAcc',
    header: 'Att Acc',
    unit: 'percent',
    better: 'higher',
    meaning: 'still right after the attack, of all examples',
  },
  {
    key: 'successRate',
    header: 'Success',
    unit: 'percent',
    better: 'lower',
    meaning: 'attacks that changed the prediction, of all attacks that ran to their end',
  },
  {
    key: 'qNum',
    header: 'Q Num',
    unit: 'count',
    better: 'higher',
    meaning: 'queries the attack needed for an example, on average',
  },
  {
    key: 'perturb',
    header: 'Perturb',
    unit: 'percent',
    better: 'higher',
    meaning: 'words the attack changed, of all words',
  },
];

/** A number for people: percent and counts with one decimal; `–` for the unknown. */
export function formatMeasure(value: number, unit: ResultColumn['unit']): string {
  if (!Number.isFinite(value)) return '–';
  return unit === 'percent' ? `${(100 * value).toFixed(1)} %` : value.toFixed(1);
}

/** The 95 % interval in brackets, without the unit: `[24.8, 38.7]`; empty for the unknown. */
export function formatInterval({ low, high }: Estimate, unit: ResultColumn['unit']): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return '';
  const scale = unit === 'percent' ? 100 : 1;
  return `[${(scale * low).toFixed(1)}, ${(scale * high).toFixed(1)}]`;
}

/** A difference with its sign and without the unit, in points or counts: `+1.2`, `−0.6`, `0.0`. */
export function formatDifference(difference: number, unit: ResultColumn['unit']): string {
  const size = (Math.abs(difference) * (unit === 'percent' ? 100 : 1)).toFixed(1);
  return `${Number(size) === 0 ? '' : difference < 0 ? '−' : '+'}${size}`;
}

/** The p-value of a comparison in three decimals. */
export const formatPValue = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** What stands behind a row: attack, preset, filters, examples, seeds, and what went wrong. One line of text. */
export function provenance({ metrics, preset, filters, note }: ResultRow): string {
  const parts = [
    preset,
    filters.length > 0 ? `filters: ${filters.join(', ')}` : 'no filters',
    metrics.seeds === undefined
      ? `${metrics.examples} examples`
      : `${metrics.examples} attacks over ${metrics.seeds} seeds`,
  ];
  if (metrics.errors > 0) parts.push(`${metrics.errors} ended by an error, counted as not robust`);
  if (metrics.timeouts > 0) parts.push(`${metrics.timeouts} out of time, counted as not robust`);
  if (note !== undefined) parts.push(note);
  return parts.join('; ');
}
