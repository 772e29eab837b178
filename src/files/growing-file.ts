import { randomUUID } from 'node:crypto';
import { appendFileSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { attemptWrite } from './attempt-write.ts';
import { makeFolder } from './make-folder.ts';
import { isFolder, isStream, writtenPlace } from './paths.ts';

/** A file that grows beside its place and takes it when it is whole. A pipe or a device has no place beside: it is written to. */
export interface GrowingFile {
  append(text: string): void;
  /** Puts the file in its place, in the place of what was there. */
  finish(): void;
  /**
   * Ends before it is whole: what was there before stays.
   * @returns where the file is kept, beside its place; nothing where nothing was appended, or it has gone down a pipe
   */
  leave(): string | undefined;
}

/**
 * Opens a file to be written bit by bit; folders are made as needed, and a link stays one: what it leads to is replaced.
 * @throws VdaError `bad-input` when the path is a folder or cannot be written; `no-space` from `append` and `finish`
 */
export function openGrowingFile(path: string): GrowingFile {
  if (isFolder(path)) throw new VdaError('bad-input', `${path} is a folder; expected the name of a file.`);
  const attempt = <T>(work: () => T): T =>
    attemptWrite(
      work,
      (reason) =>
        `Could not write ${path}: ${reason}. Check the path, its permissions and the space on the disk.`,
    );
  if (attempt(() => isStream(path))) return openStream(path, attempt);
  const place = attempt(() => writtenPlace(path));
  const temporary = join(dirname(place), `.${basename(place)}.${randomUUID()}.partial`);
  const file = attempt(() => {
    makeFolder(dirname(place));
    return openSync(temporary, 'wx');
  });
  let [isEmpty, isOpen] = [true, true];
  const close = () => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  return {
    append: (text) => {
      attempt(() => appendFileSync(file, text));
      isEmpty &&= text === '';
    },
    finish: () =>
      attempt(() => {
        fsyncSync(file);
        close();
        renameSync(temporary, place);
      }),
    leave: () => {
      close();
      if (isEmpty) {
        rmSync(temporary, { force: true });
        return undefined;
      }
      renameSync(temporary, `${place}.unfinished`);
      return `${place}.unfinished`;
    },
  };
}

/** What takes bytes and keeps none has them as they come. */
function openStream(path: string, attempt: <T>(work: () => T) => T): GrowingFile {
  const file = attempt(() => openSync(path, 'w'));
  return {
    append: (text) => attempt(() => appendFileSync(file, text)),
    finish: () => closeSync(file),
    leave: () => {
      closeSync(file);
      return undefined;
    },
  };
}
