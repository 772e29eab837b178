/** Options of a command as a grid file spells them: kebab-case, snake_case or camelCase. */
export type GridOptions = Readonly<Record<string, unknown>>;

/** The four measures of the paper's tables, in its order. All as fractions but `qNum`. */
export const paperMeasures = ['oriAcc', 'attAcc', 'qNum', 'perturb'] as const;
export type PaperMeasure = (typeof paperMeasures)[number];

/** What a paper reports; any measure may be missing. Fractions, but for `qNum`. */
export type PaperFigures = Readonly<Partial<Record<PaperMeasure, number>>>;

/** A way to train: one line of the table. */
export interface GridRow {
  readonly name: string;
  /** Rows of one group stand together; the best of them is bold. */
  readonly group?: string;
  /** The row it is compared with example by example; by default the first of its group. */
  readonly against?: string;
  readonly note?: string;
  /** Attack the model of every epoch as well. */
  readonly curves: boolean;
  readonly model?: string;
  readonly mlm?: string;
  /** The row whose model is attacked for static adversarial data augmentation, under the same column and seed. */
  readonly adaRow?: string;
  readonly train: GridOptions;
  /** By name of the column. */
  readonly paper: Readonly<Record<string, PaperFigures>>;
}

/** A data set: one block of the table. */
export interface GridColumn {
  readonly name: string;
  readonly trainFile?: string;
  readonly validationFile?: string;
  readonly testFile?: string;
  readonly train: GridOptions;
  readonly attack: GridOptions;
}

/** A hyperparameter sweep: one option of one row, over several values; a figure. */
export interface Sweep {
  /** Name of the row that is varied. */
  readonly row: string;
  /** An option of `vda train`, as the file spells it. */
  readonly option: string;
  readonly values: readonly number[];
}

/** A grid of experiments: everything that is to be trained, attacked and put together. */
export interface Grid {
  readonly title: string;
  /** What a reader must know, e.g. that a small model stands in for another. */
  readonly note?: string;
  readonly model?: string;
  readonly mlm?: string;
  readonly train: GridOptions;
  readonly attack: GridOptions;
  readonly rows: readonly GridRow[];
  readonly columns: readonly GridColumn[];
  readonly seeds: readonly number[];
  readonly sweeps: readonly Sweep[];
}

/** The baseline of a row, with which it is compared example by example (paired); undefined for the first of a group. */
export function baselineOf(row: GridRow, rows: readonly GridRow[]): GridRow | undefined {
  const baseline =
    row.against === undefined
      ? rows.find(({ group }) => group === row.group)
      : rows.find(({ name }) => name === row.against);
  return baseline === row ? undefined : baseline;
}
