import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { messageOf, VdaError } from '../base/error.ts';
import { badGzip, decodeLines, isGzip } from './text-file.ts';

/**
 * The lines of a UTF-8 text file, gzipped (by name or content) or plain, without their line ends and without a
 * byte-order mark. The file is streamed: memory does not grow with it.
 *
 * @throws VdaError `not-found` when it cannot be read; `bad-input` when its compression is damaged or, with the line,
 *   when it is not UTF-8
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  const gzip = isGzip(path, firstBytes(path));
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const unzip = gzip ? createGunzip({ chunkSize: 2 ** 18 }) : undefined;
  if (unzip !== undefined) {
    file.on('error', (error) => unzip.destroy(error));
    file.pipe(unzip);
  }
  let line = 1;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of unzip ?? file) {
      const bytes: Buffer = Buffer.concat([rest, chunk]);
      const end = bytes.lastIndexOf(10) + 1; // only whole lines are decoded: no character is cut
      rest = bytes.subarray(end);
      if (end === 0) continue;
      for (const text of decodeLines(bytes.subarray(0, end - 1), { path, firstLine: line }).split('\n')) {
        yield withoutReturn(text);
        line++;
      }
    }
  } catch (thrown) {
    throw gzip && !(thrown instanceof VdaError) ? badGzip(path, thrown) : thrown;
  } finally {
    file.destroy();
    unzip?.destroy();
  }
  if (rest.length > 0) yield withoutReturn(decodeLines(rest, { path, firstLine: line }));
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
    file = openSync(path, 'r');
    const bytes = new Uint8Array(2);
    readSync(file, bytes); // where a folder, which can be opened, is told from a file
    return bytes;
  } catch (thrown) {
    throw new VdaError('not-found', `Cannot read ${path}: ${messageOf(thrown)}. Check the path.`, {
      cause: thrown,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
