import { metricsOverSeeds } from '../evaluation/metrics.ts';
import type { Outcome } from '../evaluation/outcome.ts';
import type { CellResult } from './cell-result.ts';
import type { Grid } from './grid.ts';
import { measureNames } from './table-format.ts';

/** A point of a line with its 95 % interval, pooled over seeds. */
export interface FigurePoint {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** A figure before it is drawn. */
export interface FigureData {
  /** Name of its file, without extension. */
  readonly file: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly logarithmic: boolean;
  readonly series: readonly { readonly name: string; readonly points: readonly FigurePoint[] }[];
}

/** The accuracies that figures show: queries and changed words are on other scales. */
const drawn = ['oriAcc', 'attAcc'] as const;
type Drawn = (typeof drawn)[number];

/** All figures of a grid for which something is measured: hyperparameter sweeps (the paper's Figure 3), then learning curves (Figure 4). */
export const figuresOf = (grid: Grid, results: readonly CellResult[]): readonly FigureData[] =>
  apart(
    [...sweepFigures(grid, results), ...epochFigures(grid, results)].filter(({ series }) =>
      series.some(({ points }) => points.length > 0),
    ),
  );

/** Figures of one file name, which two rows may have that differ by signs alone, are numbered from the second on. */
function apart(figures: readonly FigureData[]): readonly FigureData[] {
  const seen = new Map<string, number>();
  return figures.map((figure) => {
    const number = (seen.get(figure.file) ?? 0) + 1;
    seen.set(figure.file, number);
    return number === 1 ? figure : { ...figure, file: `${figure.file}-${number}` };
  });
}

/** For each sweep and data set: accuracy and accuracy under attack over the values of the option. */
function sweepFigures({ sweeps, columns }: Grid, results: readonly CellResult[]): readonly FigureData[] {
  return sweeps.flatMap(({ row, option, values }) =>
    columns.map(({ name: column }) => {
      const runs = results.filter(
        ({ cell: { place } }) =>
          place.row === row && place.column === column && place.sweep?.option === option,
      );
      const at = (value: number) =>
        runs.filter(({ cell }) => cell.place.sweep?.value === value).map(({ outcomes }) => outcomes);
      return {
        file: fileName('figure', option, row, column),
        title: `${row}, ${column}: ${option}`,
        x: option,
        y: 'accuracy',
        logarithmic: Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) >= 8,
        series: drawn.map((measure) => ({
          name: measureNames[measure],
          points: values.flatMap((x) => pointOf(at(x), { x, measure })),
        })),
      };
    }),
  );
}

/** For each data set and accuracy: a line for each row whose epochs were attacked. */
function epochFigures({ rows, columns }: Grid, results: readonly CellResult[]): readonly FigureData[] {
  const curved = rows.filter(({ curves }) => curves);
  return columns.flatMap(({ name: column }) =>
    drawn.map((measure) => ({
      file: fileName('figure', 'epochs', column, measureNames[measure]),
      title: `${column}: ${measureNames[measure]} by epoch`,
      x: 'epoch',
      y: measureNames[measure],
      logarithmic: false,
      series: curved.map(({ name }) => {
        const runs = results.filter(
          ({ cell: { place } }) => place.row === name && place.column === column && place.sweep === undefined,
        );
        const all = [...new Set(runs.flatMap(({ epochs }) => epochs.map(({ epoch }) => epoch)))];
        const at = (x: number) =>
          runs.flatMap(({ epochs }) =>
            epochs.filter(({ epoch }) => epoch === x).map(({ outcomes }) => outcomes),
          );
        return { name, points: all.sort((a, b) => a - b).flatMap((x) => pointOf(at(x), { x, measure })) };
      }),
    })),
  );
}

function pointOf(
  runs: readonly (readonly Outcome[])[],
  { x, measure }: { readonly x: number; readonly measure: Drawn },
): readonly FigurePoint[] {
  if (runs.length === 0) return [];
  const { value, low, high } = metricsOverSeeds(runs)[measure];
  return [{ x, y: value, low, high }];
}

/** Words for people as a name for a file system. */
const fileName = (...words: readonly string[]): string =>
  words
    .join('-')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
