import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { messageOf, VdaError } from '../base/error.ts';
import { foreignKind } from './foreign-file.ts';

const hasGzipMark = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Whether a file is gzipped, by its first bytes.
 * @throws VdaError `bad-input` where its name says so and its bytes do not
 */
export function isGzip(path: string, firstBytes: Uint8Array): boolean {
  if (hasGzipMark(firstBytes)) return true;
  if (!/\.gz$/i.test(path) || firstBytes.length === 0) return false;
  throw new VdaError(
    'bad-input',
    `${path} is named .gz but is not compressed by gzip${whatInstead(foreignKind(firstBytes)?.what)}. If it is plain ` +
      'text (some programs decompress what they fetch and leave the name), rename it without .gz; else fetch it again.',
  );
}

const whatInstead = (what: string | undefined): string => (what === undefined ? '' : `; it is ${what}`);

/** A text file, decompressed and decoded. */
export interface TextFile {
  /** The bytes on disk, for hashing. */
  readonly bytes: Uint8Array;
  /** Without a byte-order mark. */
  readonly text: string;
}

/**
 * Reads a text file, gzipped (by name or content) or plain.
 * @param encoding default UTF-8; with `windows-1252` (Latin-1 as the web reads it, in which any bytes are text) what is
 *   valid UTF-8 is still read as that: files of a documented encoding are passed on converted, and bytes that are UTF-8
 *   by chance are hardly ever text
 * @param options.mostUnpacked bytes that a compressed file may become: a small one may claim any number. Default 1 GiB
 * @throws VdaError `not-found` when it cannot be read; `bad-input` when it is a folder, empty or no text (saying what it
 *   is), its compression is damaged, it is longer than a string can be, or not UTF-8, with the line
 */
export function readTextFile(
  path: string,
  {
    encoding = 'utf-8',
    mostUnpacked = 2 ** 30,
  }: { readonly encoding?: 'utf-8' | 'windows-1252'; readonly mostUnpacked?: number } = {},
): TextFile {
  const bytes = readBytes(path);
  const plain = isGzip(path, bytes) ? gunzip(path, { bytes, mostUnpacked }) : bytes;
  if (plain.length === 0) throw isEmpty(path);
  refuseForeign(plain, path);
  const text =
    encoding !== 'utf-8' && !isUtf8(plain)
      ? new TextDecoder(encoding).decode(plain)
      : decodeLines(plain, { path, firstLine: 1 });
  if (text.trim() === '') throw isEmpty(path);
  return { bytes, text };
}

/** The error for a file without text. */
export const isEmpty = (path: string): VdaError =>
  new VdaError('bad-input', `${path} is empty. Expected lines of text; fetch or make the file again.`);

/** The bytes of a file. @throws VdaError `not-found` when it cannot be read; `bad-input` for a folder, and for more than can be read at once */
export function readBytes(path: string): Uint8Array {
  try {
    checkIsFile(path);
    return readFileSync(path);
  } catch (thrown) {
    if (thrown instanceof VdaError) throw thrown;
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_FS_FILE_TOO_LARGE') {
      throw new VdaError('bad-input', `${path}: ${messageOf(thrown)}. Split the file.`, { cause: thrown });
    }
    throw new VdaError('not-found', `Cannot read ${path}: ${messageOf(thrown)}. Check the path.`, {
      cause: thrown,
    });
  }
}

/**
 * @throws VdaError `bad-input` for a folder
 * @throws what the system says of a path that is not there
 */
export function checkIsFile(path: string): void {
  if (!statSync(path).isDirectory()) return;
  throw new VdaError('bad-input', `${path} is a folder; expected a file. Name the file inside it.`);
}

/** @throws VdaError `bad-input` where the first bytes, decompressed, are no text in UTF-8, saying what they are */
export function refuseForeign(bytes: Uint8Array, path: string): void {
  const foreign = foreignKind(bytes);
  if (foreign === undefined) return;
  throw new VdaError('bad-input', `${path} is ${foreign.what}; expected text in UTF-8. ${foreign.remedy}`);
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

function gunzip(
  path: string,
  { bytes, mostUnpacked }: { readonly bytes: Uint8Array; readonly mostUnpacked: number },
): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostUnpacked });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw badGzip(path, thrown);
    throw new VdaError(
      'bad-input',
      `${path} unpacks to more than ${mostUnpacked} bytes of text, which cannot be read at once. Split the file.`,
      { cause: thrown },
    );
  }
}

/**
 * Decodes whole lines of UTF-8.
 * @param firstLine 1-based number of the first of these lines; a byte-order mark is taken off line 1 only
 * @throws VdaError `bad-input` with the line that is not UTF-8 or holds a byte 0, or when they are longer than a string
 *   can be
 */
export function decodeLines(
  bytes: Uint8Array,
  { path, firstLine }: { readonly path: string; readonly firstLine: number },
): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: firstLine > 1 }).decode(bytes);
    const zero = bytes.indexOf(0);
    if (zero >= 0) throw hasZero(path, firstLine + lineEnds(bytes.subarray(0, zero)));
    return text;
  } catch (thrown) {
    if (thrown instanceof VdaError) throw thrown;
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw notUtf8(path, firstLine - 1 + firstBadLine(bytes));
    throw new VdaError(
      'bad-input',
      `${path}: ${bytes.length} bytes of text are more than can be read at once (${messageOf(thrown)}). Split the file.`,
      { cause: thrown },
    );
  }
}

const hasZero = (path: string, line: number): VdaError =>
  new VdaError(
    'bad-input',
    `${path}, line ${line}: a byte is zero, as in no text. The file is damaged, or not a text file; fetch or make it again.`,
  );

const lineEnds = (bytes: Uint8Array): number => bytes.reduce((count, byte) => count + Number(byte === 10), 0);

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA'; // too long is said later
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
