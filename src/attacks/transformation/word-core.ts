/** A word without the punctuation that touches it: `("Great,` is `("` + `Great` + `,`. */
export interface WordParts {
  readonly before: string;
  readonly core: string;
  readonly after: string;
}

/** Most words: nothing to split off, and no need to look further. */
const plain = /^[a-z]+$/i;
const parts = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su;

/** Splits punctuation off both ends. A word of nothing else has an empty core. */
export function splitWord(word: string): WordParts {
  if (plain.test(word)) return { before: '', core: word, after: '' };
  const [, before = '', core = '', after = ''] = parts.exec(word) ?? [];
  return { before, core, after };
}

/** Gives a candidate the capitals of the word it replaces: all, the first, or its own. */
export function inCaseOf(core: string, candidate: string): string {
  if (core.length > 1 && core === core.toUpperCase() && core !== core.toLowerCase())
    return candidate.toUpperCase();
  const first = core.charAt(0);
  const isCapital = first !== first.toLowerCase();
  return isCapital ? candidate.charAt(0).toUpperCase() + candidate.slice(1) : candidate;
}
