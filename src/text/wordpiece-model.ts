import { type BertNormalization, bertNormalized, splitBertWords } from './bert-words.ts';
import { type AddedToken, addedTokenSplitter, cached, type PieceModel } from './piece-model.ts';
import { matchWords } from './words.ts';

/** Parts of a WordPiece tokenizer, as `tokenizer.json` holds them. */
export interface WordPieceParts {
  /** The model's own vocabulary: added tokens outside it are found before words are looked up, or not at all. */
  readonly idOf: ReadonlyMap<string, number>;
  readonly unkId: number;
  readonly addedTokens: readonly AddedToken[];
  readonly normalization: BertNormalization;
  /** Default `##`. */
  readonly prefix?: string;
  /** Words of more characters become the unknown token. Default 100. */
  readonly longestWord?: number;
}

/**
 * WordPiece: from left to right the longest vocabulary entry that fits, entries inside a word carrying `##`; a word
 * with a place where nothing fits is one unknown token.
 *
 * White space separates words whatever they hold, so each whitespace-separated chunk is encoded alone and
 * remembered: attack texts, the same words over and over, cost a look-up a word.
 *
 * Source: Wu et al. 2016 (arXiv:1609.08144) §4.1; Devlin et al. 2019, `tokenization.py`. Written here rather than
 * taken from @huggingface/tokenizers 0.2, whose BertNormalizer overlooks Chinese characters beyond the first
 * 65,536 code points, removes unassigned ones and writes word-final Σ as ς: its ids differ from Python's there.
 */
export const wordPieceModel = (parts: WordPieceParts): PieceModel => {
  const { idOf, unkId, addedTokens, normalization, prefix = '##', longestWord = 100 } = parts;
  const inner = new Map<string, number>();
  let longestEntry = 0;
  for (const [token, id] of idOf) {
    if (token.length <= 2 * longestWord) longestEntry = Math.max(longestEntry, token.length);
    if (token.startsWith(prefix)) inner.set(token.slice(prefix.length), id);
  }
  const [raw, normalized] = [
    addedTokens.filter((t) => !t.normalized),
    addedTokens.filter((t) => t.normalized),
  ];
  const inRawText = addedTokenSplitter(raw);
  const inNormalizedText = addedTokenSplitter(
    normalized
      .map((token) => ({ ...token, content: bertNormalized(token.content, normalization) }))
      .filter(({ content }) => content !== ''), // of which nothing is left to be found
  );

  // Slices count UTF-16 units; half a surrogate pair is in no vocabulary, so a match always ends between characters.
  const pushWord = (word: string, ids: number[]): void => {
    const before = ids.length;
    if (word.length > longestWord && [...word].length > longestWord) {
      ids.push(unkId);
      return;
    }
    let start = 0;
    while (start < word.length) {
      const entries = start === 0 ? idOf : inner;
      let end = Math.min(word.length, start + longestEntry);
      while (end > start && !entries.has(word.slice(start, end))) end--;
      if (end === start) {
        ids.length = before;
        ids.push(unkId);
        return;
      }
      ids.push(entries.get(word.slice(start, end))!);
      start = end;
    }
  };

  const pieces = cached((chunk) => {
    const ids: number[] = [];
    for (const part of inRawText(chunk)) {
      if (typeof part !== 'string') ids.push(part.id);
      else {
        for (const section of inNormalizedText(bertNormalized(part, normalization))) {
          if (typeof section !== 'string') ids.push(section.id);
          else for (const word of splitBertWords(section)) pushWord(word, ids);
        }
      }
    }
    return ids;
  });

  return {
    textPieces: (text, limit) => {
      const ids: number[] = [];
      const wordIds: number[] = [];
      let w = 0;
      for (const [word] of matchWords(text)) {
        for (const id of pieces(word)) {
          ids.push(id);
          wordIds.push(w);
        }
        if (ids.length > limit) break;
        w++;
      }
      return { ids, wordIds };
    },
    isContinuation: (token) => token.startsWith(prefix),
    textOf: (tokens) =>
      tokens
        .map((token, i) =>
          token.startsWith(prefix) ? token.slice(prefix.length) : i === 0 ? token : ` ${token}`,
        )
        .join(''),
  };
};
