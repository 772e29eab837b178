/** What kind of thing went wrong; the command line maps it to an exit code. */
export type ErrorCode =
  | 'usage' // the caller asked for something that does not exist or does not fit together (exit code 2)
  | 'bad-input' // a file or text is not what it should be
  | 'not-found' // a file, folder or model is not there
  | 'offline' // the network was needed and could not be used
  | 'no-space' // a disk is full
  | 'diverged' // the loss became NaN or infinite
  | 'conflict' // a run folder belongs to a different configuration
  | 'unsupported' // known, but not something this version does
  | 'internal'; // a broken invariant: a bug in vda

/**
 * The one error class. The message is a paragraph for the person at the keyboard: what failed, what was
 * expected, what was got, where, and what to do about it.
 */
export class VdaError extends Error {
  override readonly name = 'VdaError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
