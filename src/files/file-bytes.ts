import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { messageOf, VdaError } from '../base/error.ts';
import { isFolder } from './paths.ts';
import { type Truncation, truncated } from './truncated.ts';

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

/**
 * Bytes of an open file, all of them: one call of the system may give fewer than were asked for.
 * @param p.what what lies there, for the message; default "the tensors"
 * @param p.remedy as in {@link truncated}
 * @throws VdaError `bad-input` when the file ends before
 */
export function readBytes(
  file: number,
  p: { readonly start: number; readonly bytes: number } & Pick<Truncation, 'path' | 'remedy'> &
    Partial<Pick<Truncation, 'what'>>,
): Uint8Array<ArrayBuffer> {
  const { start, bytes, what = 'the tensors' } = p;
  const out = new Uint8Array(bytes);
  const got = readUpTo(file, { into: out, start });
  if (got < bytes) throw truncated({ ...p, what, expected: start + bytes, got: start + got });
  return out;
}

/** Fills as much as the file has from `start` on; returns how many bytes that was. */
function readUpTo(
  file: number,
  { into, start }: { readonly into: Uint8Array; readonly start: number },
): number {
  for (let done = 0; done < into.length; ) {
    const got = readSync(file, into, done, Math.min(into.length - done, 2 ** 30), start + done);
    if (got === 0) return done;
    done += got;
  }
  return into.length;
}

/** The first bytes of a file as text, fewer where it is shorter. @throws VdaError as {@link withFile} */
export const readBeginning = (path: string, bytes: number): string =>
  withFile(path, (file) => {
    const out = new Uint8Array(bytes);
    return new TextDecoder().decode(out.subarray(0, readUpTo(file, { into: out, start: 0 })));
  });

/**
 * Writes all of the bytes at the end of what was written so far: one call of the system may take fewer than it was given,
 * as on a disk that is about to be full.
 * @param options.write the system's call
 */
export function writeBytes(
  file: number,
  bytes: Uint8Array,
  { write = writeSync }: { readonly write?: (file: number, bytes: Uint8Array) => number } = {},
): void {
  for (let done = 0; done < bytes.length; ) {
    // 64 MiB at a time: a single call is limited to 2 GiB.
    const taken = write(file, bytes.subarray(done, done + 64 * 2 ** 20));
    if (taken === 0) throw new Error(`nothing more could be written after ${done} of ${bytes.length} bytes`);
    done += taken;
  }
}
