import { VdaError } from '../base/error.ts';
import { matchWords } from './words.ts';

/** A text as an attack works on it: words that can be replaced one by one. Never changes; edits make new values. */
export interface EditedText {
  /** The whitespace-separated words as they are now. */
  readonly words: readonly string[];
  /** The words of the text the attack began with; as many as `words`. */
  readonly original: readonly string[];
  /** What stands before the first word, between words, and after the last: one more than words. */
  readonly gaps: readonly string[];
  /** Of a pair: the first text, which stays as it is. */
  readonly context?: string;
}

/**
 * Splits a text into words for an attack. White space is remembered: `renderText` gives the text back unchanged.
 *
 * @param text the attacked text; may have no words at all
 * @param options.context for pairs: the first text; the second is the one that is attacked
 */
export const editText = (text: string, options: { readonly context?: string } = {}): EditedText => {
  const words: string[] = [];
  const gaps: string[] = [];
  let end = 0;
  for (const match of matchWords(text)) {
    gaps.push(text.slice(end, match.index));
    words.push(match[0]);
    end = match.index + match[0].length;
  }
  gaps.push(text.slice(end));
  return { words, original: words, gaps, ...options };
};

/**
 * The text with one word replaced.
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
  return to === from ? edited : { ...edited, words: edited.words.with(index, to) };
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
  return edited.context === undefined ? { text } : { text: edited.context, textPair: text };
};
