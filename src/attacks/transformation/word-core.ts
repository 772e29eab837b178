/** A word without the punctuation that touches it: `("Great,` is `("` + `Great` + `,`. */
export interface WordParts {
  readonly before: string;
  readonly core: string;
  readonly after: string;
}

/** Most words: nothing to split off, and no need to look further. */
const plain = /^[a-z]+$/i;
/** Letters and digits with their combining marks: `cafe` + U+0301, `हिन्दी`. A mark on punctuation (❤️) is part of that. */
const run = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** Splits punctuation off both ends. A word of nothing else has an empty core. */
export function splitWord(word: string): WordParts {
  if (plain.test(word)) return { before: '', core: word, after: '' };
  const runs = [...word.matchAll(run)];
  const [first, last] = [runs.at(0), runs.at(-1)];
  if (first === undefined || last === undefined) return { before: word, core: '', after: '' };
  const end = last.index + last[0].length;
  return {
    before: word.slice(0, first.index),
    core: word.slice(first.index, end),
    after: word.slice(end),
  };
}

/** Gives a candidate the capitals of the word it replaces: all, the first, or its own. */
export function inCaseOf(core: string, candidate: string): string {
  if (core.length > 1 && core === core.toUpperCase() && core !== core.toLowerCase())
    return candidate.toUpperCase();
  const first = core.charAt(0);
  const isCapital = first !== first.toLowerCase();
  return isCapital ? candidate.charAt(0).toUpperCase() + candidate.slice(1) : candidate;
}
