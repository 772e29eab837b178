import type { TextPieces } from './special-template.ts';

/** What differs between WordPiece and byte-level BPE; the rest of a tokenizer is the same for both. */
export interface PieceModel {
  /** Tokens of a text without special tokens; may stop once there are more than `limit`. */
  textPieces(text: string, limit: number): TextPieces;
  /** Ids of one word, as it is encoded inside a text. */
  pieces(word: string): readonly number[];
  isContinuation(token: string): boolean;
  /** The text that tokens stand for. */
  textOf(tokens: readonly string[]): string;
}

/** A token that is found in the text before any normalisation or splitting. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly normalized: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly single_word: boolean;
}

/** Entries a cache of pieces may hold before it starts afresh. */
const CACHE_SIZE = 200_000;
/** Longer strings are rarely seen twice. */
const LONGEST_CACHED = 64;

/** Remembers the ids of strings already seen; `encode` must depend on nothing but its argument. */
export const cached = (
  encode: (text: string) => readonly number[],
): ((text: string) => readonly number[]) => {
  const known = new Map<string, readonly number[]>();
  return (text) => {
    const hit = known.get(text);
    if (hit !== undefined) return hit;
    const ids = encode(text);
    if (text.length <= LONGEST_CACHED) {
      if (known.size >= CACHE_SIZE) known.clear();
      known.set(text, ids);
    }
    return ids;
  };
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** White space as Rust has it; `\s` has U+FEFF too, and lacks U+0085. */
const BLANK = '\\p{White_Space}*';
const OUTER_BLANKS = new RegExp(`^${BLANK}|${BLANK}$`, 'gu');

/** An added token found in a text. */
export interface FoundToken {
  readonly id: number;
  /** Length of the match, with the white space the token takes along. */
  readonly length: number;
  /** White space before the token within the match. */
  readonly blank: number;
}

/** A function that cuts a text at added tokens: leftmost match first, then the longest. Empty parts are left out. */
export const addedTokenSplitter = (
  tokens: readonly AddedToken[],
): ((text: string) => readonly (string | FoundToken)[]) => {
  if (tokens.length === 0) return (text) => (text === '' ? [] : [text]);
  const longestFirst = [...tokens].sort((a, b) => b.content.length - a.content.length);
  const alternatives = longestFirst.map(
    ({ content, lstrip, rstrip }) => `${lstrip ? BLANK : ''}${escaped(content)}${rstrip ? BLANK : ''}`,
  );
  const pattern = new RegExp(alternatives.join('|'), 'gu');
  const idOf = new Map(tokens.map(({ content, id }) => [content, id] as const));
  return (text) => {
    const parts: (string | FoundToken)[] = [];
    let end = 0;
    for (const { 0: match, index } of text.matchAll(pattern)) {
      if (index > end) parts.push(text.slice(end, index));
      const content = idOf.has(match) ? match : match.replace(OUTER_BLANKS, '');
      parts.push({ id: idOf.get(content)!, length: match.length, blank: match.indexOf(content) });
      end = index + match.length;
    }
    if (end < text.length) parts.push(text.slice(end));
    return parts;
  };
};
