import { editDistance } from '../base/edit-distance.ts';
import { writeArguments } from '../base/error.ts';

/** `learningRate`, `learning_rate` or `learning-rate` as `learningRate`. */
export const camelCase = (name: string): string =>
  name.replace(/(?<![-_])[-_]+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());

/** `learningRate` as `learning-rate`; `adamBeta1` as `adam-beta1`. */
export const kebabCase = (key: string): string =>
  key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A marked message with the arguments it names as flags. */
export const withFlags = (marked: string): string =>
  writeArguments(marked, (_, option) => `--${kebabCase(option)}`);

/** `learningRate` as `learning_rate`. */
export const snakeCase = (key: string): string => kebabCase(key).replaceAll('-', '_');

/**
 * The candidate nearest to a misspelt name, or `undefined` where none is near: at most two edits, or two fifths
 * of a longer name. Case, `-` and `_` do not count. Ties go to the first candidate.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_]/g, '');
  const wanted = plain(name);
  const allowed = Math.min(Math.max(2, Math.floor(wanted.length * 0.4)), Math.max(1, wanted.length - 1));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const written = plain(candidate);
    if (Math.abs(written.length - wanted.length) > allowed) continue; // each difference in length is an edit
    const distance = editDistance(wanted, written);
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  return best && best.distance <= allowed ? best.candidate : undefined;
}

/** ` Did you mean X?`, or nothing where no candidate is near. */
export function didYouMean(
  name: string,
  candidates: Iterable<string>,
  show: (candidate: string) => string = (candidate) => candidate,
): string {
  const found = nearest(name, candidates);
  return found === undefined ? '' : ` Did you mean ${show(found)}?`;
}

/** Problems as far as a person reads them, one at least, and how many more there are. */
export function firstOf(problems: readonly string[]): readonly string[] {
  let length = 0;
  const end = problems.findIndex((problem, i) => {
    length += problem.length;
    return i > 0 && (length > mostRead || i >= mostProblems);
  });
  return end === -1 ? problems : [...problems.slice(0, end), `and ${problems.length - end} more.`];
}

/** Characters of one message's problems. */
const mostRead = 400;
/** Problems that one message lists. */
export const mostProblems = 8;
