import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { messageOf, VdaError } from '../base/error.ts';
import { badGzip, checkIsFile, decodeLines, isGzip, refuseForeign } from './text-file.ts';

/** Part of a text: whole lines, the last with its end. */
export interface Piece {
  readonly text: string;
  /** 1-based number of its first line. */
  readonly line: number;
}

export interface PieceOptions {
  /** Most bytes between two line ends, beyond which it is no text of lines. Default 256 MiB. */
  readonly longestLine?: number;
  /** Bytes of a piece, about; a longer line is one of its own. Default 256 KiB. */
  readonly size?: number;
}

/**
 * A UTF-8 text file, gzipped (by name or content) or plain, piece by piece and without a byte-order mark. The file is streamed:
 * memory does not grow with it, but with its longest line. A file without a line feed is one piece.
 *
 * @throws VdaError `not-found` when it cannot be read; `bad-input` when it is a folder or no text (saying what it is), its
 *   compression is damaged or, with the line, when it is not UTF-8
 */
export async function* readPieces(
  path: string,
  { longestLine = 2 ** 28, size = 2 ** 18 }: PieceOptions = {},
): AsyncGenerator<Piece> {
  const gzip = isGzip(path, firstBytes(path));
  const chunkSize = Math.max(64, Math.min(size, 2 ** 18));
  const file = createReadStream(path, { highWaterMark: chunkSize });
  const unzip = gzip ? createGunzip({ chunkSize }) : undefined;
  if (unzip !== undefined) {
    file.on('error', (error) => unzip.destroy(error));
    file.pipe(unzip);
  }
  let line = 1;
  let rest: Buffer[] = [];
  let restBytes = 0;
  let end = 0; // of the last whole line in what is left
  let isFirst = true;
  const take = (bytes: number): string => {
    const all = Buffer.concat(rest);
    rest = bytes < all.length ? [all.subarray(bytes)] : [];
    restBytes = all.length - bytes;
    end = 0;
    return decodeLines(all.subarray(0, bytes), { path, firstLine: line });
  };
  try {
    for await (const chunk of (unzip ?? file) as AsyncIterable<Buffer>) {
      if (isFirst) refuseForeign(chunk, path);
      isFirst = false;
      rest.push(chunk);
      const feed = chunk.lastIndexOf(10); // only whole lines are decoded: no character is cut
      if (feed >= 0) end = restBytes + feed + 1;
      restBytes += chunk.length;
      if (end >= size) {
        const text = take(end);
        yield { text, line };
        line += countFeeds(text);
      }
      if (restBytes - end > longestLine) {
        throw new VdaError(
          'bad-input',
          `${path}, line ${line}: more than ${longestLine} bytes without a line end. Expected lines of text.`,
        );
      }
    }
  } catch (thrown) {
    throw gzip && !(thrown instanceof VdaError) ? badGzip(path, thrown) : thrown;
  } finally {
    file.destroy();
    unzip?.destroy();
  }
  if (restBytes > 0) yield { text: take(restBytes), line };
}

/** How many line feeds are in a text. */
export function countFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/**
 * The lines of a UTF-8 text file, without their line ends ({@link readPieces}). Carriage returns end lines in a file that has no
 * line feed at all, as old Macs wrote them ({@link splitLines}).
 * @throws VdaError as {@link readPieces}
 */
export async function* readLines(path: string, options: PieceOptions = {}): AsyncGenerator<string> {
  for await (const piece of readPieces(path, options)) yield* linesOfPiece(piece);
}

/** The lines of a piece, without their ends. */
export function linesOfPiece({ text, line }: Piece): readonly string[] {
  if (line === 1) return splitLines(text);
  const lines = text.split('\n').map(withoutReturn);
  return lines.at(-1) === '' && text.endsWith('\n') ? lines.slice(0, -1) : lines;
}

/**
 * The lines of a text, without their ends: `\n` or `\r\n`, or `\r` where there is no `\n` in all of it. After the last end
 * nothing follows.
 */
export function splitLines(text: string): readonly string[] {
  const lines = text.includes('\n') ? text.split('\n').map(withoutReturn) : text.split('\r');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/**
 * The documents of a text file: runs of lines (paragraphs) between empty lines. Never empty.
 * @throws VdaError as {@link readLines}
 */
export async function* readDocuments(path: string): AsyncGenerator<readonly string[]> {
  let paragraphs: string[] = [];
  for await (const line of readLines(path)) {
    if (line.trim() !== '') {
      paragraphs.push(line);
    } else if (paragraphs.length > 0) {
      yield paragraphs;
      paragraphs = [];
    }
  }
  if (paragraphs.length > 0) yield paragraphs;
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);

function firstBytes(path: string): Uint8Array {
  let file: number | undefined;
  try {
    checkIsFile(path);
    file = openSync(path, 'r');
    const bytes = new Uint8Array(1024);
    return bytes.subarray(0, readSync(file, bytes));
  } catch (thrown) {
    if (thrown instanceof VdaError) throw thrown;
    throw new VdaError('not-found', `Cannot read ${path}: ${messageOf(thrown)}. Check the path.`, {
      cause: thrown,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
