import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { messageOf, VdaError } from '../base/error.ts';
import { badGzip, checkIsFile, decodeLines, isGzip, refuseForeign } from './text-file.ts';

/**
 * The lines of a UTF-8 text file, gzipped (by name or content) or plain, without their line ends and without a
 * byte-order mark. The file is streamed: memory does not grow with it, but with its longest line. Carriage returns end
 * lines in a file that has no line feed at all, as old Macs wrote them ({@link splitLines}).
 *
 * @param options.longestLine most bytes between two line ends, beyond which it is no text of lines. Default 256 MiB
 * @throws VdaError `not-found` when it cannot be read; `bad-input` when it is a folder or no text (saying what it is), its
 *   compression is damaged or, with the line, when it is not UTF-8
 */
export async function* readLines(
  path: string,
  { longestLine = 2 ** 28 }: { readonly longestLine?: number } = {},
): AsyncGenerator<string> {
  const gzip = isGzip(path, firstBytes(path));
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const unzip = gzip ? createGunzip({ chunkSize: 2 ** 18 }) : undefined;
  if (unzip !== undefined) {
    file.on('error', (error) => unzip.destroy(error));
    file.pipe(unzip);
  }
  let line = 1;
  let rest: Buffer[] = [];
  let isFirst = true;
  try {
    for await (const chunk of unzip ?? file) {
      if (isFirst) refuseForeign(chunk, path);
      isFirst = false;
      const end = (chunk as Buffer).lastIndexOf(10) + 1; // only whole lines are decoded: no character is cut
      if (end > 0) {
        const bytes = Buffer.concat([...rest, chunk.subarray(0, end - 1)]);
        rest = [];
        for (const text of decodeLines(bytes, { path, firstLine: line }).split('\n')) {
          yield withoutReturn(text);
          line++;
        }
      }
      if (end < chunk.length) rest.push(chunk.subarray(end));
      if (rest.reduce((sum, { length }) => sum + length, 0) > longestLine) {
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
  if (rest.length === 0) return;
  const last = decodeLines(Buffer.concat(rest), { path, firstLine: line });
  yield* line === 1 ? splitLines(last) : [withoutReturn(last)];
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
