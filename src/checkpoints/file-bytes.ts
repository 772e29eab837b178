import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf, VdaError } from '../base/error.ts';
import { isFolder } from './paths.ts';

/**
 * Opens a file for reading as long as `use` runs.
 * @throws VdaError `not-found` when it cannot be opened
 */
export function withFile<T>(path: string, use: (file: number) => T): T {
  let file: number;
  try {
    if (isFolder(path)) throw new Error('expected a file, got a folder');
    file = openSync(path, 'r');
  } catch (thrown) {
    throw new VdaError('not-found', `Cannot open ${path}: ${messageOf(thrown)}. Check the path.`, {
      cause: thrown,
    });
  }
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

/** Bytes of an open file, all of them. @throws VdaError `bad-input` when the file ends before */
export function readBytes(
  file: number,
  { path, start, bytes }: { readonly path: string; readonly start: number; readonly bytes: number },
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes);
  for (let done = 0; done < bytes; ) {
    const got = readSync(file, out, done, Math.min(bytes - done, 2 ** 30), start + done);
    if (got === 0) throw truncated({ path, what: 'the tensors', expected: start + bytes, got: start + done });
    done += got;
  }
  return out;
}

/** The first bytes of a file as text, fewer where it is shorter. @throws VdaError as {@link withFile} */
export const readBeginning = (path: string, bytes: number): string =>
  withFile(path, (file) => {
    const out = new Uint8Array(bytes);
    return new TextDecoder().decode(out.subarray(0, readSync(file, out, 0, bytes, 0)));
  });

export interface Truncation {
  readonly path: string;
  readonly what: string;
  readonly expected: number;
  readonly got: number;
}

/** The error of a file that ends too early. */
export const truncated = ({ path, what, expected, got }: Truncation) =>
  new VdaError(
    'bad-input',
    `${path} is truncated: ${what} should end at byte ${expected}, the file has ${got} bytes. ` +
      'The download or copy was probably cut short: fetch the file again.',
  );
