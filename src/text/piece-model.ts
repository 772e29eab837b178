import type { TextPieces } from './special-template.ts';

/** What differs between WordPiece and byte-level BPE; the rest of a tokenizer is the same for both. */
export interface PieceModel {
  /** Tokens of a text without special tokens; may stop once there are more than `limit`. */
  textPieces(text: string, limit: number): TextPieces;
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

/** White space as Rust has it; `\s` has U+FEFF too, and lacks U+0085. */
const BLANK = /\p{White_Space}/u;

/** An added token found in a text. */
export interface FoundToken {
  readonly id: number;
  /** Length of the match, with the white space the token takes along. */
  readonly length: number;
  /** White space before the token within the match. */
  readonly blank: number;
}

/** Tokens by their UTF-16 units, one level a unit. A pattern of thousands of tokens is too large to be compiled. */
interface TokenTree {
  readonly next: Map<number, TokenTree>;
  token?: AddedToken;
}

function treeOf(tokens: readonly AddedToken[]): TokenTree {
  const root: TokenTree = { next: new Map() };
  for (const token of tokens) {
    let node = root;
    for (let i = 0; i < token.content.length; i++) {
      const unit = token.content.charCodeAt(i);
      const child: TokenTree = node.next.get(unit) ?? { next: new Map() };
      node.next.set(unit, child);
      node = child;
    }
    node.token = token;
  }
  return root;
}

function longestAt(tree: TokenTree, text: string, start: number): AddedToken | undefined {
  let longest: AddedToken | undefined;
  let node = tree.next.get(text.charCodeAt(start));
  for (let i = start + 1; node !== undefined; i++) {
    longest = node.token ?? longest;
    node = node.next.get(text.charCodeAt(i));
  }
  return longest;
}

/**
 * A function that cuts a text at added tokens: leftmost first, then the longest. White space goes with a token that takes
 * it along, unless the token before did. Empty parts are left out.
 */
export const addedTokenSplitter = (
  tokens: readonly AddedToken[],
): ((text: string) => readonly (string | FoundToken)[]) => {
  if (tokens.length === 0) return (text) => (text === '' ? [] : [text]);
  const tree = treeOf(tokens);
  return (text) => {
    const parts: (string | FoundToken)[] = [];
    let done = 0;
    for (let index = 0; index < text.length; index++) {
      const token = longestAt(tree, text, index);
      if (token === undefined) continue;
      const { id, content, lstrip, rstrip } = token;
      let start = index;
      let end = index + content.length;
      // By hand, since a pattern would look at each blank of a long run as the first one.
      while (lstrip && start > done && BLANK.test(text[start - 1]!)) start--;
      while (rstrip && end < text.length && BLANK.test(text[end]!)) end++;
      if (start > done) parts.push(text.slice(done, start));
      parts.push({ id, length: end - start, blank: index - start });
      done = end;
      index = end - 1;
    }
    if (done < text.length) parts.push(text.slice(done));
    return parts;
  };
};
