/** Figures shown behind the bar; numbers are cut to four significant digits. */
export type ProgressFields = Readonly<Record<string, string | number>>;

/** A running display of how far a job is. */
export interface ProgressDisplay {
  /** Says that `done` of the total are done. Cheap: it draws only when it is time to. */
  update(done: number, fields?: ProgressFields): void;
  /** Prints a line above the display. */
  log(line: string): void;
  /** Draws the last state and ends the line. Nothing may be called after it. */
  finish(): void;
}

/** What a display of progress is about. */
export interface ProgressOptions {
  readonly label: string;
  /** Items in all; 0 where nobody knows. */
  readonly total: number;
  /** Items done before this start; default 0. */
  readonly from?: number;
  /** Name of an item in the rate. */
  readonly unit?: string;
  /** Seconds from now after which the job ends, however much is done. */
  readonly timeLimit?: number | undefined;
}

/** What a long job tells and asks of its caller. */
export interface RunHooks {
  progress(options: ProgressOptions): ProgressDisplay;
  /** A clock that never goes back, in milliseconds. */
  now(): number;
  /** Stop at the next safe point, saving. */
  readonly signal?: AbortSignal;
}
