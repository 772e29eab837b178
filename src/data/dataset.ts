/** One labelled text or pair. `id` is its 0-based position in the file: random numbers and results are keyed by it. */
export interface Example {
  readonly id: number;
  readonly text: string;
  readonly textPair?: string;
  /** Index into `Dataset.labels`. */
  readonly label: number;
}

/** The smallest number above all ids: texts that are made get theirs from here on. */
export const firstFreeId = (examples: readonly Example[]): number =>
  examples.reduce((most, { id }) => Math.max(most, id), -1) + 1;

/** Labelled examples of one file or split, and where they come from. */
export interface Dataset {
  readonly examples: readonly Example[];
  /** Label names, index = class. */
  readonly labels: readonly string[];
  /** The file; the folder, where a split was put together from several. */
  readonly path: string;
  /** SHA-256 of the file's bytes, hex; of its examples where a split was put together from other files. */
  readonly sha256: string;
  /** Columns used, for saying so aloud. */
  readonly columns: { readonly text: string; readonly textPair?: string; readonly label: string };
  /** True where the order of the examples is a draw already: any prefix of them is a stratified sample. */
  readonly drawn?: boolean;
  /** What the caller should say aloud: empty texts, labels read as class numbers. */
  readonly warnings: readonly string[];
}
