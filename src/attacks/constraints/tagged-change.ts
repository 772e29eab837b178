import type { EditedText } from '../../text/edited-text.ts';
import type { PartOfSpeech, Tagger } from '../lexicon/tagger.ts';
import type { Change } from './constraint.ts';

/** Words at each side that a tagger reads: it looks no further than a clause. */
const context = 10;

/**
 * The parts of speech of a word where it stood and of the word that would take its place, each in the text as it is then.
 * Undefined for an edit that does not put one word in place of one.
 */
export function tagsOfChange(
  { edit, original, edited }: Change,
  tagger: Tagger,
): { readonly from: PartOfSpeech; readonly to: PartOfSpeech } | undefined {
  if (edit.end !== edit.start + 1 || edit.to === '' || /\s/.test(edit.to)) return undefined;
  const tag = (text: EditedText) => {
    const { words, at } = wordsAround(text, edit.start, context);
    return tagger.tags(words)[at] ?? 'other';
  };
  return { from: tag(original), to: tag(edited) };
}

/**
 * The words of a text as it is now around one of the original's, and where that stands among them. Words of one edit stay
 * together.
 */
export function wordsAround(
  text: EditedText,
  index: number,
  each: number,
): { readonly words: readonly string[]; readonly at: number } {
  const words: string[] = [];
  let at = 0;
  const from = Math.max(0, index - each);
  const to = Math.min(text.original.length, index + each + 1);
  const starts = new Map<number, (typeof text.edits)[number][]>();
  for (const edit of text.edits) starts.set(edit.start, [...(starts.get(edit.start) ?? []), edit]);
  for (let i = from; i < to; ) {
    const own = starts.get(i) ?? [];
    const insertion = own.find(({ start, end }) => start === end);
    const swap = own.find(({ start, end }) => start < end);
    if (insertion !== undefined) words.push(...split(insertion.to));
    const here = swap === undefined ? [text.original[i]!] : split(swap.to);
    if (i <= index && index < (swap?.end ?? i + 1)) at = words.length;
    words.push(...here);
    i = swap?.end ?? i + 1;
  }
  return { words, at };
}

const split = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);
