import { existsSync, realpathSync } from 'node:fs';

/** Whether two paths lead to the same file or folder, links followed; false where one of them is not there. */
export const isSamePath = (a: string, b: string): boolean =>
  existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b);
