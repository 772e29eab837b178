import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { messageOf, VdaError } from '../base/error.ts';

/** True for the name or the first bytes of a gzip file. */
export const isGzip = (path: string, firstBytes: Uint8Array): boolean =>
  path.endsWith('.gz') || (firstBytes[0] === 0x1f && firstBytes[1] === 0x8b);

/** A text file, decompressed and decoded. */
export interface TextFile {
  /** The bytes on disk, for hashing. */
  readonly bytes: Uint8Array;
  /** Without a byte-order mark. */
  readonly text: string;
}

/**
 * Reads a text file, gzipped (by name or content) or plain.
 * @param encoding default UTF-8; `windows-1252` is Latin-1 as the web reads it, in which any bytes are text
 * @throws VdaError `not-found` when it cannot be read; `bad-input` when it is empty, its compression is damaged, it is
 *   longer than a string can be, or not UTF-8, with the line
 */
export function readTextFile(
  path: string,
  { encoding = 'utf-8' }: { readonly encoding?: 'utf-8' | 'windows-1252' } = {},
): TextFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    throw new VdaError('not-found', `Cannot read ${path}: ${messageOf(thrown)}. Check the path.`, {
      cause: thrown,
    });
  }
  const plain = isGzip(path, bytes) ? gunzip(path, bytes) : bytes;
  if (plain.length === 0) {
    throw new VdaError(
      'bad-input',
      `${path} is empty. Expected lines of text; fetch or make the file again.`,
    );
  }
  const text =
    encoding === 'utf-8'
      ? decodeLines(plain, { path, firstLine: 1 })
      : new TextDecoder(encoding).decode(plain);
  return { bytes, text };
}

const notUtf8 = (path: string, line: number): VdaError =>
  new VdaError(
    'bad-input',
    `${path}, line ${line}: not valid UTF-8. Convert the file, for example ` +
      '`iconv -f WINDOWS-1252 -t UTF-8 old > new` if it comes from an older Windows program.',
  );

/** The error for damaged compression. */
export const badGzip = (path: string, thrown: unknown): VdaError =>
  new VdaError('bad-input', `${path} is not a whole gzip file: ${messageOf(thrown)}. Fetch the file again.`, {
    cause: thrown,
  });

function gunzip(path: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (thrown) {
    throw badGzip(path, thrown);
  }
}

/**
 * Decodes whole lines of UTF-8.
 * @param firstLine 1-based number of the first of these lines; a byte-order mark is taken off line 1 only
 * @throws VdaError `bad-input` with the line that is not UTF-8, or when they are longer than a string can be
 */
export function decodeLines(
  bytes: Uint8Array,
  { path, firstLine }: { readonly path: string; readonly firstLine: number },
): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: firstLine > 1 }).decode(bytes);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw notUtf8(path, firstLine - 1 + firstBadLine(bytes));
    throw new VdaError(
      'bad-input',
      `${path}: ${bytes.length} bytes of text are more than can be read at once (${messageOf(thrown)}). Split the file.`,
      { cause: thrown },
    );
  }
}

/** 1-based line of the first byte that is not UTF-8; a line feed is never part of a longer character. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(10, start);
    const end = feed === -1 ? bytes.length : feed;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return line;
}
