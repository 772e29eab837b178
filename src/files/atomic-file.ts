import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf, VdaError } from '../base/error.ts';
import { writeBytes } from './file-bytes.ts';
import { makeFolder } from './make-folder.ts';
import { isStream } from './paths.ts';

/** A file to write: its bytes come in pieces, so that a model needs no second copy in memory. */
export interface FileContent {
  readonly path: string;
  readonly chunks: Iterable<Uint8Array | string>;
}

/**
 * Writes files so that a reader (or a crash) sees each one complete: everything goes to temporary files beside the
 * targets, is flushed to disk, and only when all are written are they renamed into place, in the order given.
 * Folders are made as needed. Several processes may write the same file: the last one's stays, whole. A pipe or a device is
 * written to, after the files, and never replaced.
 *
 * On failure the temporary files are removed and what was there before stays.
 * @throws VdaError `no-space` when the disk or quota is full; `bad-input` when a path cannot be written
 */
export function writeFilesAtomically(files: readonly FileContent[]): void {
  const staged: { readonly temporary: string; readonly path: string }[] = [];
  const streams: FileContent[] = [];
  let writing = '';
  try {
    for (const file of files) {
      const { path, chunks } = file;
      writing = path;
      if (isStream(path)) {
        streams.push(file);
        continue;
      }
      makeFolder(dirname(path));
      const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
      staged.push({ temporary, path });
      writeAndFlush(temporary, chunks);
    }
    for (const { temporary, path } of staged) {
      writing = path;
      renameSync(temporary, path);
    }
    for (const folder of new Set(staged.map(({ path }) => dirname(path)))) flushFolder(folder);
    for (const { path, chunks } of streams) {
      writing = path;
      writeChunks(openSync(path, 'w'), chunks);
    }
  } catch (thrown) {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
    throw explain(thrown, writing);
  }
}

function writeAndFlush(path: string, chunks: Iterable<Uint8Array | string>): void {
  writeChunks(openSync(path, 'wx'), chunks, fsyncSync);
}

/** Writes to an open file and closes it. */
function writeChunks(
  file: number,
  chunks: Iterable<Uint8Array | string>,
  flush: (file: number) => void = () => {},
): void {
  try {
    for (const chunk of chunks) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
      writeBytes(file, bytes);
    }
    flush(file);
  } finally {
    closeSync(file);
  }
}

/** Makes what was written to a file survive a power cut. */
export function flushFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes renames survive a power cut where the system lets a folder be flushed (Windows does not). */
function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Whether writing failed because the disk, or the quota on it, is full. */
export function isDiskFull(thrown: unknown): boolean {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function explain(thrown: unknown, path: string): VdaError {
  if (thrown instanceof VdaError) return thrown;
  if (isDiskFull(thrown)) {
    return new VdaError(
      'no-space',
      `The disk is full: could not write ${path} (${messageOf(thrown)}). The unfinished file was removed and what ` +
        'was there before is intact. Free some space or choose another folder, then run again.',
      { cause: thrown },
    );
  }
  return new VdaError(
    'bad-input',
    `Could not write ${path}: ${messageOf(thrown)}. Check the path and its permissions.`,
    {
      cause: thrown,
    },
  );
}
