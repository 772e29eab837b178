/** A display of how far a job is. */
export interface ProgressDisplay {
  update(done: number, fields?: Readonly<Record<string, string | number>>): void;
  /** A line above the display. */
  log(line: string): void;
  finish(): void;
}

/** What a long job tells and asks of its caller. */
export interface RunHooks {
  progress(options: {
    readonly label: string;
    readonly total: number;
    readonly from?: number;
    readonly unit?: string;
  }): ProgressDisplay;
  /** A clock that never goes back, in milliseconds. */
  now(): number;
  /** Stop at the next safe point, saving. */
  readonly signal?: AbortSignal;
}
