import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFolder } from './paths.ts';

/** Tries to go on where another process removes, in between, what was there. */
const mostTries = 10;

/**
 * Makes a folder and those above it. Node's own way (`recursive`) goes on for ever, deaf to signals, where the system answers that
 * there is no place for a folder in one that is there: in a working folder that was removed, under an automounter, in `/proc`.
 *
 * @returns the uppermost folder that was made; nothing where all were there
 * @throws the system's error
 */
export function makeFolder(folder: string): string | undefined {
  for (let tries = 1; ; tries++) {
    try {
      return makeOnce(folder);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || tries === mostTries) throw thrown;
    }
  }
}

function makeOnce(folder: string): string | undefined {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  if (missing.length === 0 && !isFolder(folder)) mkdirSync(folder); // a file is there, says the system
  let made: string | undefined;
  for (const one of missing) {
    try {
      mkdirSync(one);
      made ??= one;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(one)) throw thrown;
    }
  }
  return made;
}
