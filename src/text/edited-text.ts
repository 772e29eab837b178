import { VdaError } from '../base/error.ts';
import { matchWords } from './words.ts';

/** What counts as a word: a whitespace-separated chunk, or with punctuation split off as words of its own. */
export type WordRule = 'whitespace' | 'punctuation';

/** A text as an attack works on it: words that can be replaced one by one. Never changes; edits make new values. */
export interface EditedText {
  /** The words as they are now. */
  readonly words: readonly string[];
  /** The words of the text the attack began with; as many as `words`. */
  readonly original: readonly string[];
  /** What stands before the first word, between words, and after the last: one more than words. */
  readonly gaps: readonly string[];
  /** Indices of words that differ from the original, ascending. */
  readonly changed: readonly number[];
  /** Which text of the input is attacked. */
  readonly attacked: 'only' | 'first' | 'second';
  /** For pairs: the other text, which stays as it is. */
  readonly context?: string;
}

/** Settings of `editText`. */
export interface EditTextOptions {
  /** Default `whitespace`, as the attacks' papers count words. */
  readonly words?: WordRule;
  /** For pairs: the text that is not attacked. */
  readonly context?: string;
  /** For pairs: whether the attacked text is the `first` or the `second` (default). */
  readonly attacked?: 'first' | 'second';
}

// A number may hold points and commas, a word apostrophes and hyphens; what is left between is one word a run.
const PUNCTUATION_APART =
  /\p{N}+(?:[.,]\p{N}+)+|[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]+/gu;

const MATCHES = {
  whitespace: matchWords,
  punctuation: (text) => text.matchAll(PUNCTUATION_APART),
} satisfies Record<WordRule, (text: string) => IterableIterator<RegExpExecArray>>;

/**
 * Splits a text into words for an attack. White space is remembered: `renderText` gives the text back unchanged.
 *
 * @param text the attacked text; may have no words at all
 * @param options see `EditTextOptions`; with a `context` the input is a pair
 */
export const editText = (text: string, options: EditTextOptions = {}): EditedText => {
  const { words: rule = 'whitespace', context, attacked = 'second' } = options;
  const words: string[] = [];
  const gaps: string[] = [];
  let end = 0;
  for (const match of MATCHES[rule](text)) {
    gaps.push(text.slice(end, match.index));
    words.push(match[0]);
    end = match.index + match[0].length;
  }
  gaps.push(text.slice(end));
  const parts = { words, original: words, gaps, changed: [] };
  return context === undefined ? { ...parts, attacked: 'only' } : { ...parts, attacked, context };
};

const changedAfter = (edited: EditedText, change: { index: number; differs: boolean }): readonly number[] => {
  const { index, differs } = change;
  if (edited.changed.includes(index) === differs) return edited.changed;
  if (!differs) return edited.changed.filter((i) => i !== index);
  return [...edited.changed, index].sort((a, b) => a - b);
};

/**
 * The text with one word replaced. A word set back to its original is no longer `changed`.
 *
 * @param change.index index into `words`; `change.to` the new word, which may hold spaces but not be empty
 * @throws VdaError `internal` when there is no such word or `to` is empty: both would shift word indices unseen
 */
export const replaceWord = (edited: EditedText, change: { index: number; to: string }): EditedText => {
  const { index, to } = change;
  const from = edited.words[index];
  if (from === undefined || to === '') {
    throw new VdaError(
      'internal',
      `Word ${index} of ${edited.words.length} can't be replaced by "${to}": the index must be below the number ` +
        'of words and the new word must not be empty.',
    );
  }
  if (to === from) return edited;
  return {
    ...edited,
    words: edited.words.with(index, to),
    changed: changedAfter(edited, { index, differs: to !== edited.original[index] }),
  };
};

/** The attacked text with its original spacing. */
export const renderText = (edited: Pick<EditedText, 'words' | 'gaps'>): string => {
  let text = edited.gaps[0] ?? '';
  edited.words.forEach((word, i) => {
    text += word + edited.gaps[i + 1];
  });
  return text;
};

/** The text the attack began with. */
export const originalText = (edited: EditedText): string =>
  renderText({ words: edited.original, gaps: edited.gaps });

/** The input for a model, both texts of a pair in their places. */
export const renderInput = (edited: EditedText): { readonly text: string; readonly textPair?: string } => {
  const text = renderText(edited);
  if (edited.context === undefined) return { text };
  return edited.attacked === 'first'
    ? { text, textPair: edited.context }
    : { text: edited.context, textPair: text };
};
