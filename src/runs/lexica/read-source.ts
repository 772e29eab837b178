import { readFileSync } from 'node:fs';
import { messageOf, VdaError } from '../../base/error.ts';
import { quotedExcerpt } from '../../base/excerpt.ts';

/**
 * The bytes of a file that a filter takes its knowledge from.
 * @param p.what it is read for; `p.expected`: what may be given in its place
 * @throws VdaError `not-found`
 */
export function readSource(
  path: string,
  { what, expected }: { readonly what: string; readonly expected: string },
): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'it is a folder'
          : `it cannot be read (${messageOf(error)})`;
    throw new VdaError(
      'not-found',
      `${what} from ${quotedExcerpt(path)}: ${problem}. Expected ${expected}.`,
      {
        cause: error,
      },
    );
  }
}
