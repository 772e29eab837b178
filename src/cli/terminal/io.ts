/** The part of a writable stream that the command line uses. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal in characters; read anew at each use, so a resized window is noticed. */
  readonly columns?: number;
}

/** The outside world as a command sees it; `main` fills it from `process`, tests from memory. */
export interface Io {
  readonly stdin: AsyncIterable<string | Uint8Array>;
  /** Results: what another program may read. */
  readonly stdout: OutputStream;
  /** Progress, remarks and errors. */
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number;
  /** Aborted by the first Ctrl-C or SIGTERM: save what is done, say how to go on, and return. */
  readonly signal: AbortSignal;
}

/** What `run(options, io)` of a command gets. */
export interface CommandIo extends Io {
  /** Keys (camelCase) that the user set by a flag or in the configuration file, not by default or preset. */
  readonly given: ReadonlySet<string>;
  /** The arguments after `vda`, for the record of a run and for saying how to resume. */
  readonly argv: readonly string[];
  /** Runs another command line of `vda`; what it prints goes where `io` says. */
  readonly perform: (argv: readonly string[], io: Io) => Promise<void>;
}
