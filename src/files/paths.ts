import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';

/** True for an existing folder. */
export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Whether two paths lead to the same file or folder, links followed; false where one of them is not there. */
export const isSamePath = (a: string, b: string): boolean =>
  existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b);

/** Whether a path leads to what takes bytes and is no file on a disk: a pipe, a terminal, `/dev/null`. */
export function isStream(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Where a file that a person names is to be written: what a link leads to, so that the link stays one. */
export const writtenPlace = (path: string): string =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() && existsSync(path)
    ? realpathSync(path)
    : path;
