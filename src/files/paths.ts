import { existsSync, realpathSync, statSync } from 'node:fs';

/** True for an existing folder. */
export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Whether two paths lead to the same file or folder, links followed; false where one of them is not there. */
export const isSamePath = (a: string, b: string): boolean =>
  existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b);
