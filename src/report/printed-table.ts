/** A number of the table as it is printed, with what stands small beneath it. */
export interface PrintedCell {
  readonly value: string;
  /** The best of its group. */
  readonly best?: boolean;
  readonly interval?: string;
  /** The figure of the paper and how far ours is from it. */
  readonly paper?: string;
}

/** A table as it is printed. */
export interface PrintedTable {
  readonly heads: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly cells: readonly PrintedCell[];
    /** First of a group of rows. */
    readonly first?: boolean;
  }[];
}

/** A data set: its results, and its comparisons where there are any. */
export interface PrintedBlock {
  readonly name: string;
  readonly results: PrintedTable;
  readonly comparisons?: PrintedTable;
}
