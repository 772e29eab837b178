import { VdaError } from '../base/error.ts';
import { matchWords } from './words.ts';

/** One change: the words from `start` up to `end` of the original text become `to`. An insertion has an empty span, a merge one of two words. */
export interface Edit {
  /** Index of the first word of the span among the words of the original; of an insertion, the word that it stands before. */
  readonly start: number;
  /** Index after the last word of the span. */
  readonly end: number;
  /** What stands there now; may hold spaces. Empty: the words are gone. */
  readonly to: string;
}

/**
 * A text as an attack works on it: a list of edits, each anchored to the words of the original, so that what was changed
 * follows from the text itself. Never changes; an edit makes a new value.
 */
export interface EditedText {
  /** The whitespace-separated words of the text the attack began with. */
  readonly original: readonly string[];
  /** What stands before the first word, between words, and after the last: one more than words. */
  readonly gaps: readonly string[];
  /** In the order in which they were made. No two share a word, nor a place of insertion. */
  readonly edits: readonly Edit[];
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
  const original: string[] = [];
  const gaps: string[] = [];
  let end = 0;
  for (const match of matchWords(text)) {
    gaps.push(text.slice(end, match.index));
    original.push(match[0]);
    end = match.index + match[0].length;
  }
  gaps.push(text.slice(end));
  return { original, gaps, edits: [], ...options };
};

/**
 * The text with one more edit. It takes the place of earlier ones within its span; an edit that puts back what was there
 * leaves none.
 *
 * @throws VdaError `internal` when the span is none of the text's, when it cuts an earlier edit's in two, or when nothing
 *   would be inserted
 */
export function withEdit(text: EditedText, edit: Edit): EditedText {
  const { start, end, to } = edit;
  const { original, edits } = text;
  const isSpan = Number.isInteger(start) && start >= 0 && start <= end && end <= original.length;
  if (!isSpan || (start === end && to === '')) {
    throw new VdaError(
      'internal',
      `Words ${start} to ${end} of ${original.length} can't become "${to}": expected a span of the text, and something to insert.`,
    );
  }
  const others = edits.filter((earlier) => !isWithin(earlier, edit));
  const cut = others.find((earlier) => earlier.start < end && start < earlier.end);
  if (cut !== undefined) {
    throw new VdaError(
      'internal',
      `Words ${start} to ${end} can't be edited: words ${cut.start} to ${cut.end} were edited as one. Edit these as a whole.`,
    );
  }
  const isOriginal = end === start + 1 && original[start] === to;
  return { ...text, edits: isOriginal ? others : [...others, edit] };
}

/** Whether a span shares a word, or a place of insertion, with an edit of the text. */
export const isEdited = ({ edits }: EditedText, { start, end }: Pick<Edit, 'start' | 'end'>): boolean =>
  edits.some((edit) =>
    start === end && edit.start === edit.end ? start === edit.start : start < edit.end && edit.start < end,
  );

const isWithin = (inner: Edit, outer: Edit): boolean =>
  inner.start === inner.end
    ? outer.start === outer.end
      ? inner.start === outer.start
      : outer.start < inner.start && inner.start < outer.end
    : outer.start <= inner.start && inner.end <= outer.end;

/** The attacked text: words that stay keep what stood before them, and an inserted word has one space after it. */
export function renderText({ original, gaps, edits }: Omit<EditedText, 'context'>): string {
  const replaced = new Map<number, Edit>();
  const inserted = new Map<number, Edit>();
  for (const edit of edits) (edit.start === edit.end ? inserted : replaced).set(edit.start, edit);
  const words: string[] = [];
  const before: string[] = [];
  const put = (word: string, gap: string) => {
    if (word === '') return;
    before.push(words.length === 0 ? gaps[0]! : gap);
    words.push(word);
  };
  for (let at = 0; at <= original.length; ) {
    const insertion = inserted.get(at);
    const isEnd = at === original.length;
    if (insertion !== undefined) put(insertion.to, isEnd ? ' ' : gaps[at]!);
    if (isEnd) break;
    const edit = replaced.get(at);
    put(edit?.to ?? original[at]!, insertion === undefined ? gaps[at]! : ' ');
    at = edit?.end ?? at + 1;
  }
  if (words.length === 0) return original.length === 0 ? gaps[0]! : gaps[0]! + gaps.at(-1)!;
  let text = '';
  words.forEach((word, i) => {
    text += before[i]! + word;
  });
  return text + gaps.at(-1);
}

/** The text the attack began with. */
export const originalText = (text: EditedText): string => renderText({ ...text, edits: [] });

/** The input for a model, both texts of a pair in their places. */
export const renderInput = (edited: EditedText): { readonly text: string; readonly textPair?: string } => {
  const text = renderText(edited);
  return edited.context === undefined ? { text } : { text: edited.context, textPair: text };
};

/** The words that an edit is about, as they stood in the original. */
export const editedWords = ({ original }: Pick<EditedText, 'original'>, { start, end }: Edit): string =>
  original.slice(start, end).join(' ');
