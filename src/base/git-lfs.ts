import { VdaError } from './error.ts';

const firstLine = 'version https://git-lfs.github.com/spec/';

/** Bytes of a file's beginning that {@link refuseGitLfsPointer} wants to see: pointers are this short. */
export const pointerBytes = 1024;

/**
 * Refuses the beginning of a file that only stands for another one: what a clone without Git LFS leaves in place of large
 * files.
 * @throws VdaError `bad-input` naming the file and how to fetch what it stands for
 */
export function refuseGitLfsPointer(beginning: string, path: string): void {
  if (!beginning.startsWith(firstLine)) return;
  const size = /^size (\d{1,15})$/m.exec(beginning)?.[1];
  const real = size === undefined ? 'the real one is elsewhere' : `the real one has ${size} bytes`;
  throw new VdaError(
    'bad-input',
    `${path} is a Git LFS pointer, not the file itself (${real}): the repository was cloned without Git LFS. Run ` +
      '`git lfs install` and `git lfs pull` in the clone, or download the file itself.',
  );
}
