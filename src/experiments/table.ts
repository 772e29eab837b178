import { onlyFailed } from '../attacks/robust-endings.ts';
import type { Calibration } from '../evaluation/calibration.ts';
import { type AttackMetrics, metricsOverSeeds } from '../evaluation/metrics.ts';
import {
  correctedForNumber,
  pairedOverSeeds,
  type TestedComparison,
} from '../evaluation/paired-comparison.ts';
import { isConstant } from '../report/row-warnings.ts';
import { settingsLine } from '../runs/settings-line.ts';
import { areAttackedAlike, cellWarnings, whyNotCompared } from './cell-provenance.ts';
import type { CellResult } from './cell-result.ts';
import {
  baselineOf,
  type Grid,
  type GridRow,
  type PaperFigures,
  type PaperMeasure,
  paperMeasures,
} from './grid.ts';

/** A paired comparison of two rows under one data set, its p-value corrected for the number of comparisons in the table. */
export interface CellComparison extends TestedComparison {
  readonly against: string;
  readonly seeds: number;
}

/** One row under one data set. */
export interface TableCell {
  /** Undefined where no attack has ended yet. */
  readonly metrics: AttackMetrics | undefined;
  readonly paper: PaperFigures;
  /** Measures in which no row of its group is better, and one is worse. */
  readonly best: ReadonlySet<PaperMeasure>;
  /** The paired comparison with its baseline, over the seeds that both have. */
  readonly comparison?: CellComparison;
  /** How sure the models are before the attack; of seeds the means. Absent where not every seed says. */
  readonly calibration?: CellCalibration;
}

/** Means over seeds of {@link Calibration}. */
export interface CellCalibration extends Pick<Calibration, 'confidence' | 'ece'> {
  /** Geometric, as for a factor; NaN where a seed has none, or is right on every text. */
  readonly temperature: number;
}

/** The results of a grid in the paper's layout, before they become text. */
export interface ResultsTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly lines: readonly { readonly row: GridRow; readonly cells: readonly TableCell[] }[];
  /** What must be read first: rows that were attacked differently, predictions that are nearly all one class. */
  readonly warnings: readonly string[];
  /** What the grid says of itself and of its rows, such as what stands in for what: printed beneath in every format. */
  readonly remarks: readonly string[];
  /** The attacks, and how the numbers were made; a sentence each. */
  readonly notes: readonly string[];
}

/** The results table of a grid: measures, baselines and paired comparisons in their places. Points of sweeps are left out. */
export function tableOf(grid: Grid, results: readonly CellResult[]): ResultsTable {
  const found = results.filter(({ cell }) => cell.place.sweep === undefined);
  const seedsOf = (row: string, column: string) =>
    found.filter(({ cell: { place } }) => place.row === row && place.column === column);
  const metrics = new Map(
    grid.rows.map((row) => [
      row,
      grid.columns.map(({ name }) => {
        const runs = seedsOf(row.name, name);
        return runs.length === 0 ? undefined : metricsOverSeeds(runs.map(({ outcomes }) => outcomes));
      }),
    ]),
  );
  const { comparisons, left } = comparisonsOf(grid, seedsOf);
  const lines = grid.rows.map((row) => ({
    row,
    cells: grid.columns.map(({ name }, i): TableCell => {
      const own = metrics.get(row)![i];
      const [first] = seedsOf(row.name, name);
      const rivals = grid.rows
        .filter(({ group }) => group === row.group)
        .filter((one) => first && seedsOf(one.name, name).every((rival) => isRival(first, rival)))
        .map((one) => metrics.get(one)![i]);
      const comparison = comparisons.find((one) => one.row === row.name && one.column === name);
      return {
        metrics: own,
        paper: Object.hasOwn(row.paper, name) ? row.paper[name]! : {},
        best: first && isConstant(first.attack) ? new Set() : bestOf(own, rivals),
        ...(comparison && { comparison }),
        ...calibrationOf(seedsOf(row.name, name)),
      };
    }),
  }));
  return {
    title: grid.title,
    columns: grid.columns.map(({ name }) => name),
    lines,
    warnings: warningsOf(grid, results),
    remarks: remarksOf(grid),
    notes: [...left.map(({ said }) => said), ...notesOf(found)],
  };
}

function calibrationOf(runs: readonly CellResult[]): Pick<TableCell, 'calibration'> {
  const found = runs.map(({ attack }) => attack.calibrations?.[0]).filter((one) => one !== undefined);
  if (found.length === 0 || found.length < runs.length) return {};
  const mean = (of: (one: Calibration) => number) =>
    found.reduce((sum, one) => sum + of(one), 0) / found.length;
  const temperature = Math.exp(mean((one) => (one.temperature ? Math.log(one.temperature) : Number.NaN)));
  return {
    calibration: { confidence: mean((one) => one.confidence), ece: mean((one) => one.ece), temperature },
  };
}

/** Whether of two results one can be the better. */
const isRival = (first: CellResult, rival: CellResult): boolean =>
  areAttackedAlike(first, rival) && !isConstant(rival.attack);

function bestOf(
  own: AttackMetrics | undefined,
  rivals: readonly (AttackMetrics | undefined)[],
): ReadonlySet<PaperMeasure> {
  const known = rivals.filter((one) => one !== undefined);
  if (own === undefined || known.length < 2) return new Set();
  return new Set(
    paperMeasures.filter((measure) => {
      const behind = known.map((rival) => own[measure].value - rival[measure].value);
      return behind.every((lead) => lead >= 0) && behind.some((lead) => lead > 0);
    }),
  );
}

type InPlace = { readonly row: string; readonly column: string };

/** All comparisons of a table, corrected together, and those that are left out, with the reason. */
function comparisonsOf(
  { rows, columns }: Grid,
  seedsOf: (row: string, column: string) => readonly CellResult[],
): {
  readonly comparisons: readonly (CellComparison & InPlace)[];
  readonly left: readonly (InPlace & { readonly said: string })[];
} {
  const pairs = columns.flatMap(({ name: column }) =>
    rows.flatMap((row) => {
      const baseline = baselineOf(row, rows);
      if (baseline === undefined) return [];
      const found = pairsOf(seedsOf(baseline.name, column), seedsOf(row.name, column));
      return [{ ...found, row: row.name, column, against: baseline.name }];
    }),
  );
  const found = pairs.flatMap(({ row, column, against, pairs }) =>
    pairs.length === 0 ? [] : [{ ...pairedOverSeeds(pairs), seeds: pairs.length, row, column, against }],
  );
  const left = pairs.flatMap(({ row, column, against, reasons }) => {
    const said = `Not tested: ${row} against ${against}, ${column}: ${reasons.join('; ')}.`;
    return reasons.length === 0 ? [] : [{ row, column, said }];
  });
  return { comparisons: correctedForNumber(found), left };
}

/** The attacks on two rows, seed by seed; none where some seed's were not alike, or its model answers one class only. */
function pairsOf(baseline: readonly CellResult[], row: readonly CellResult[]) {
  const partners = row.flatMap((second) => {
    const first = baseline.find(({ cell }) => cell.place.seed === second.cell.place.seed);
    return first === undefined ? [] : [{ first, second }];
  });
  const reasons = new Set(partners.flatMap(({ first, second }) => whyNotCompared(first, second) ?? []));
  const pairs = partners.map(({ first, second }) => ({ first: first.outcomes, second: second.outcomes }));
  return { pairs: reasons.size === 0 ? pairs : [], reasons: [...reasons] };
}

/** Those of each data set, named where there are several. */
const warningsOf = ({ columns }: Grid, results: readonly CellResult[]): readonly string[] =>
  columns.flatMap(({ name }) =>
    cellWarnings(results.filter(({ cell }) => cell.place.column === name)).map((warning) =>
      columns.length > 1 ? `${name}: ${warning}` : warning,
    ),
  );

const remarksOf = ({ note, rows }: Grid): readonly string[] => [
  ...(note === undefined ? [] : [note]),
  ...rows.flatMap((row) => (row.note === undefined ? [] : [`${row.name}: ${row.note}`])),
];

function notesOf(results: readonly CellResult[]): readonly string[] {
  const attacks = new Set(
    results.map(({ attack: { preset, filters, robustEndings = onlyFailed } }) =>
      [
        preset,
        filters.length > 0 ? `filters: ${filters.join(', ')}` : 'no filters',
        ...(robustEndings.length > 1 ? [`counted as robust: ${robustEndings.join(', ')}`] : []),
      ].join(', '),
    ),
  );
  const settings = new Set(
    results.flatMap(({ attack: { provenance } }) => (provenance ? [settingsLine(provenance)] : [])),
  );
  const seeds = [...new Set(results.map(({ cell }) => cell.place.seed))].sort((a, b) => a - b);
  return [
    ...[...attacks].map((attack) => `Attack: ${attack}.`),
    ...[...settings].map((all) => `Settings of the attack: ${all}.`),
    ...(seeds.length > 0 ? [`Seeds: ${seeds.join(', ')}.`] : []),
    ...unanswered(results),
    ...(results.some(({ attack }) => attack.calibrations !== undefined) ? [calibrationSaid] : []),
    ...howItWasMade,
  ];
}

/** What the counts beside the number of examples mean, where there are any. */
function unanswered(results: readonly CellResult[]): readonly string[] {
  const found = results.flatMap(({ outcomes }) =>
    outcomes.filter(({ correct, robust }) => correct && !robust),
  );
  return found.every(({ status }) => status === 'success')
    ? []
    : [
        'In brackets beside the number of examples: attacks, over all seeds, that ended without an answer. They are not ' +
          'counted as robust; those out of queries count in Q Num and Perturb, the others do not.',
      ];
}

const calibrationSaid =
  'Confidence, ECE and Temperature: mean confidence, expected calibration error (15 bins) and the temperature that fits best, on the ' +
  'attacked texts before the attack, means over seeds. Far from 1 on either side, probabilities say little; attacks compare margins.';

const howItWasMade = [
  'Percentages but for Q Num. For all four a higher value is more robust; the best of a group is bold.',
  'Values are pooled over the attacks on all seeds, which for the accuracies is the mean over seeds. In brackets: 95 % ' +
    'intervals for the choice of test examples at these seeds, an example under all seeds being one observation (Wilson ' +
    'at the effective sample size for the accuracies, bootstrap over examples for the others).',
  '± behind the number of seeds: standard deviation of Att Acc between seeds, in points.',
  'Example by example: over the examples that both models had right before the attack, seed by seed; the difference in ' +
    'what stays right with a bootstrap interval over examples, and the exact McNemar test, for which an example counts ' +
    'once, for the side that keeps it under more seeds. Intervals and McNemar p are those of each comparison alone; Holm p is ' +
    'corrected for the number of comparisons in this table: below 0.05 it tells a difference.',
];
