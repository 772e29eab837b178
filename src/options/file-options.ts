import { statSync } from 'node:fs';
import { VdaError } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import { isSamePath } from '../files/paths.ts';
import { kebabCase, nearest } from './names.ts';
import { pathOption } from './path-options.ts';
import { type CommandSpec, optionsOf } from './spec.ts';

/**
 * Holds options that take a file or a word (`FILE|wordnet|none`) against the disk: what is neither is a misspelt word as a
 * rule, and would be found out only once the models are loaded, or in a grid once they are trained.
 *
 * @throws VdaError `not-found` that names the flag, and the nearest word
 */
export function requireFiles(spec: CommandSpec, options: Readonly<Record<string, unknown>>): void {
  for (const info of optionsOf(spec)) {
    const path = pathOption(info);
    if (path?.kind !== 'file' || path.words.length === 0) continue;
    for (const value of [options[info.key] ?? []].flat() as unknown as readonly string[]) {
      if (path.words.includes(value)) continue;
      const found = statSync(value, { throwIfNoEntry: false });
      if (found !== undefined && !found.isDirectory()) continue;
      const problem = found === undefined ? 'there is no such file' : 'it is a folder';
      const meant = found === undefined ? nearest(value, path.words) : undefined;
      throw new VdaError(
        'not-found',
        `--${kebabCase(info.key)} ${quotedExcerpt(value)}: ${problem}. Expected ${path.words.join(', ')} or a file.` +
          (meant === undefined ? '' : ` Did you mean ${meant}?`),
      );
    }
  }
}

/**
 * Holds a file that is to be written against those that other options have read: writing would replace what a person gave.
 * @param key of the option that names the file
 * @throws VdaError `usage` that names both flags
 */
export function requireOtherFile(
  spec: CommandSpec,
  options: Readonly<Record<string, unknown>>,
  key: string,
): void {
  const written = options[key];
  if (typeof written !== 'string') return;
  for (const info of optionsOf(spec)) {
    if (info.key === key || pathOption(info)?.kind !== 'file') continue;
    for (const value of [options[info.key] ?? []].flat()) {
      if (typeof value !== 'string' || !isSamePath(value, written)) continue;
      throw new VdaError(
        'usage',
        `--${kebabCase(key)} ${written} is the file of --${kebabCase(info.key)}, which would be replaced. Name another.`,
      );
    }
  }
}
