/**
 * White space that stands between words: what is left as white space once BERT's cleaning has removed vertical
 * tabs, form feeds, next-line and zero-width characters (those join what they stand between).
 */
const SEPARATOR = '\\t\\n\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const WORDS = new RegExp(`[^${SEPARATOR}]+`, 'g');

/** The whitespace-separated words of a text, in order: the words that `wordIds` and attacks count. */
export const wordsOf = (text: string): readonly string[] => text.match(WORDS) ?? [];

/** Words with where they stand, for walking a long text without splitting all of it. */
export const matchWords = (text: string): IterableIterator<RegExpExecArray> => text.matchAll(WORDS);
