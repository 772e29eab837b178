import { join } from 'node:path';
import type { GridColumn, GridRow } from './grid.ts';

/** Where in the table, or in a figure, the outcome of a cell belongs. */
export interface Place {
  readonly row: string;
  readonly column: string;
  readonly seed: number;
  /** The varied option and its value, for a point of a figure. */
  readonly sweep?: { readonly option: string; readonly value: number };
}

/** An experiment of the grid: one training run and one attack on its model, known by what decides their outcome. */
export interface Cell {
  readonly place: Place;
  /** Sixteen digits of what decides the training. */
  readonly trainHash: string;
  /** Sixteen digits of what decides the attack, but for the model, which is the training's. */
  readonly attackHash: string;
  /** Attack the model of each epoch too. */
  readonly curves: boolean;
  /** The cell whose model must be there before this one is trained, for it is attacked (`--ada-model`). */
  readonly attacks?: Cell;
  /** Arguments of `vda train` but for the folders. */
  readonly trainArguments: readonly string[];
  /** Arguments of `vda attack` but for the folders. */
  readonly attackArguments: readonly string[];
}

/** Folders of a cell under the output folder. An attack with other options has another folder beside the first. */
export function foldersOf(output: string, { trainHash, attackHash }: Cell) {
  const folder = join(output, 'cells', trainHash);
  return {
    folder,
    train: join(folder, 'train'),
    attack: join(folder, `attack-${attackHash}`),
    /** The attack on the model of an epoch. */
    attackOn: (checkpoint: string): string => join(folder, `attack-${attackHash}-${checkpoint}`),
  };
}

/** What a cell is known by: equal where training and attack are. */
export const cellKey = ({ trainHash, attackHash }: Pick<Cell, 'trainHash' | 'attackHash'>): string =>
  `${trainHash} ${attackHash}`;

/** Every cell once: places that ask for the same training and attack share it. */
export const distinctCells = (cells: readonly Cell[]): readonly Cell[] => [
  ...new Map(cells.map((cell) => [cellKey(cell), cell])).values(),
];

/** The shard of distinct cells that a job of an array does: those of every n-th training and what needs it, so that none is done by two. */
export function cellsOfShard(
  cells: readonly Cell[],
  { index, count }: { readonly index: number; readonly count: number },
): readonly Cell[] {
  const first = ({ attacks, trainHash }: Cell) => attacks?.trainHash ?? trainHash;
  const trainings = [...new Set(cells.map(first))];
  return cells.filter((cell) => trainings.indexOf(first(cell)) % count === index);
}

/** A cell for people: `BERT + VDA, MR, seed 2`. */
export const nameOf = ({ row, column, seed, sweep }: Place): string =>
  [row, ...(sweep ? [`${sweep.option} ${sweep.value}`] : []), column, `seed ${seed}`].join(', ');

/** All places of a grid in the order they are done: seed by seed, so that a table is whole early; rows before sweeps. */
export function placesOf(p: {
  readonly rows: readonly GridRow[];
  readonly columns: readonly GridColumn[];
  readonly seeds: readonly number[];
  readonly sweeps: readonly {
    readonly row: string;
    readonly option: string;
    readonly values: readonly number[];
  }[];
}): readonly Place[] {
  const points = [
    ...p.rows.map(({ name }) => ({ row: name })),
    ...p.sweeps.flatMap(({ row, option, values }) =>
      values.map((value) => ({ row, sweep: { option, value } })),
    ),
  ];
  return p.seeds.flatMap((seed) =>
    p.columns.flatMap(({ name }) => points.map((point) => ({ ...point, column: name, seed }))),
  );
}
