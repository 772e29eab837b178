/**
 * What kind of thing went wrong. The command line ends with exit code 2 for `usage`, with 1 for the others.
 *
 * - `usage`: the caller asked for something that does not exist or does not fit together
 * - `bad-input`: a file or text is not what it should be
 * - `not-found`: a file, folder or model is not there
 * - `offline`: the network was needed and could not be used
 * - `no-space`: a disk is full
 * - `diverged`: a loss, gradient or answer of a model is NaN or infinite
 * - `conflict`: a folder holds something else, or another process works in it; a port is taken
 * - `unsupported`: known, but not something this version does
 * - `internal`: a broken invariant, which is a bug in vda
 */
export type ErrorCode =
  | 'usage'
  | 'bad-input'
  | 'not-found'
  | 'offline'
  | 'no-space'
  | 'diverged'
  | 'conflict'
  | 'unsupported'
  | 'internal';

/** Around the name of an argument in a marked message: private-use characters, which no message has otherwise. */
const [opening, closing] = ['\ue000', '\ue001'];

/**
 * The name of an argument, for the message of a {@link VdaError}: an option in camelCase. Programs read it as it is, the
 * command line shows its flag, which ranks below do not know.
 * @param option the command's option, where it is called otherwise: `scores` of a program is `victimScores` there
 */
export const argument = (name: string, option: string = name): string =>
  `${opening}${name}=${option}${closing}`;

/** A marked message with each argument as `write` gives it, from its name in programs and its option's. */
export const writeArguments = (marked: string, write: (name: string, option: string) => string): string =>
  marked.replace(/\ue000(\w+)=(\w+)\ue001/g, (_, name: string, option: string) => write(name, option));

/**
 * The one error class. The message is a paragraph for the person at the keyboard: what failed, what was
 * expected, what was got, where, and what to do about it. It names options as programs know them (`topK`); the command line shows
 * their flags in place of these ({@link argument}).
 */
export class VdaError extends Error {
  override readonly name = 'VdaError';
  readonly code: ErrorCode;
  /** The message with its arguments marked, for {@link writeArguments}. */
  readonly marked: string;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(
      writeArguments(message, (name) => name),
      options,
    );
    this.code = code;
    this.marked = message;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
