import { VdaError } from '../base/error.ts';

export interface Truncation {
  readonly path: string;
  readonly what: string;
  readonly expected: number;
  readonly got: number;
  /** A sentence that says what to do; default for files that were downloaded or copied. */
  readonly remedy?: string | undefined;
}

/** The error of a file that ends too early. */
export const truncated = ({ path, what, expected, got, remedy = fetchAgain }: Truncation) =>
  new VdaError(
    'bad-input',
    `${path} is truncated: ${what} should end at byte ${expected}, the file has ${got} bytes. ${remedy}`,
  );

const fetchAgain = 'The download or copy was probably cut short: fetch the file again.';
