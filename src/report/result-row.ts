import type { AttackStatus } from '../attacks/record.ts';
import type { RobustEndings } from '../attacks/robust-endings.ts';
import type { PredictionProblem } from '../base/constant-predictions.ts';
import type { Estimate } from '../base/statistics.ts';
import type { Calibration } from '../evaluation/calibration.ts';
import type { AttackMetrics, EndingCounts, MeasureName } from '../evaluation/metrics.ts';
import { type Provenance, saidOf } from '../runs/provenance.ts';

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
  /** Every setting of the attack; without it the row is compared with none. */
  readonly provenance?: Provenance;
  /** What is wrong with the predictions before the attack, of each run in which something is. */
  readonly problems?: readonly PredictionProblem[];
  /** Of a worst case over attacks: the names of their rows. */
  readonly worstOf?: readonly string[];
  /** How sure the model is on the texts before the attack, for each run that says. */
  readonly calibrations?: readonly Calibration[];
}

/** A measure that is shown as a column. */
export interface ResultColumn {
  readonly key: MeasureName;
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
    meaning:
      'attacks that changed the prediction, of those run: not where nothing could change, nor after an error or a timeout',
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

/** A number with its 95 % interval: `31.5 % [25.5, 38.2]`. */
export const formatEstimate = (estimate: Estimate, unit: ResultColumn['unit']): string =>
  `${formatMeasure(estimate.value, unit)} ${formatInterval(estimate, unit)}`.trim();

/** A difference with its sign and without the unit, in points or counts: `+1.2`, `−0.6`, `0.0`. */
export function formatDifference(difference: number, unit: ResultColumn['unit']): string {
  const size = (Math.abs(difference) * (unit === 'percent' ? 100 : 1)).toFixed(1);
  return `${Number(size) === 0 ? '' : difference < 0 ? '−' : '+'}${size}`;
}

/** What stands in the brackets of every table of results. */
export const intervalsSaid =
  'In brackets: 95 % intervals for the choice of texts, Wilson for proportions, bootstrap over texts for the rest; a ' +
  'text under several seeds is one observation.';

/** The p-value of a comparison in three decimals. */
export const formatPValue = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** Endings that a reader must know of, each with how many of the attacks and whether that counts as robust. */
function endingNotes({
  examples,
  robustEndings,
  ...counts
}: EndingCounts & {
  readonly examples: number;
  readonly robustEndings: RobustEndings;
}): readonly string[] {
  const said = (count: number, status: AttackStatus, what: string): readonly string[] =>
    count === 0
      ? []
      : [`${what}: ${robustEndings.includes(status) ? 'counted as robust' : 'not counted as robust'}`];
  const { outOfQueries, nothingToChange, errors, timeouts } = counts;
  return [
    ...said(
      nothingToChange,
      'nothing-to-change',
      `nothing could be changed in ${nothingToChange} of ${examples} texts`,
    ),
    ...said(outOfQueries, 'out-of-queries', `${outOfQueries} of ${examples} out of queries`),
    ...said(errors, 'error', `${errors} of ${examples} ended by an error`),
    ...said(timeouts, 'timeout', `${timeouts} of ${examples} out of time`),
  ];
}

/** The interval that says what another seed would give, beside those of the table, which do not. */
const overSeedsOf = (attAcc: Estimate): string =>
  `Att Acc over seeds (Student's t): ${formatEstimate(attAcc, 'percent')}`;

/** Confidence, calibration error and temperature, a figure a run. */
function calibrationLine(calibrations: readonly Calibration[]): string {
  const each = (said: (one: Calibration) => string) => calibrations.map(said).join(', ');
  const percent = (value: number) => formatMeasure(value, 'percent');
  const temperature = each(({ temperature: best }) =>
    best === null ? 'none' : best === 0 ? '0 (all right)' : best.toPrecision(3),
  );
  return (
    `before the attack mean confidence ${each(({ confidence }) => percent(confidence))}, ECE ${each(({ ece }) => percent(ece))}, ` +
    `best temperature ${temperature}`
  );
}

/** What stands behind a row: attack, preset, filters, masked LM, texts, seeds, and what went wrong. One line of text. */
export const provenanceLine = (row: ResultRow): string => `${attackSaid(row)}; ${runsSaid(row)}`;

/** What stands behind rows, a line each beneath one for what their attacks share, where all do. */
export function provenanceLines<Row extends ResultRow>(
  rows: readonly Row[],
): { readonly shared?: string; readonly lines: readonly (readonly [row: Row, line: string])[] } {
  const attacks = rows.filter(({ worstOf }) => worstOf === undefined);
  const [shared, ...others] = new Set(attacks.map(attackSaid));
  if (attacks.length < 2 || shared === undefined || others.length > 0)
    return { lines: rows.map((row) => [row, provenanceLine(row)]) };
  return {
    shared,
    lines: rows.map((row) => [row, attackSaid(row) === shared ? runsSaid(row) : provenanceLine(row)]),
  };
}

const attackSaid = ({ preset, filters }: ResultRow): string =>
  `${preset}; ${filters.length > 0 ? `filters: ${filters.join(', ')}` : 'no filters'}`;

/** What became of the attack: texts, seeds, endings, confidence, and what went wrong. */
function runsSaid(row: ResultRow): string {
  const { metrics, note, problems = [], calibrations = [] } = row;
  const called = (what: string) => row.provenance?.find(({ name }) => name === what);
  const [maskedLm, data] = [called('masked LM'), called('data')];
  const examples = metrics.examples === 1 ? '1 example' : `${metrics.examples} examples`;
  return [
    metrics.seeds > 1 ? `${examples} under ${metrics.seeds} seeds` : examples,
    ...(metrics.overSeeds ? [overSeedsOf(metrics.overSeeds.attAcc)] : []),
    ...endingNotes({ ...metrics, examples: metrics.attacks }),
    ...(calibrations.length > 0 ? [calibrationLine(calibrations)] : []),
    ...(maskedLm ? [`words by ${saidOf(maskedLm)}`] : []),
    ...(data ? [`texts of ${saidOf(data)}`] : []),
    ...(note === undefined ? [] : [note]),
    ...new Set(problems.map(({ remark }) => remark)),
  ].join('; ');
}
