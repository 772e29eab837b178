import type { PieceCandidates, WordCandidates } from '../masked-lm.ts';
import type { Vocabulary } from '../search/example-tools.ts';
import { swaps, type Transformation } from './transformation.ts';
import { unmaskedCandidates } from './unmasked-candidates.ts';
import { inCaseOf, splitWord } from './word-core.ts';

/** Words of more pieces are left alone: the model's guesses at so many places seldom make a word. */
const mostPieces = 12;

/** Not punctuation. Byte-level pieces can be a space alone, or a part of a character, for which U+FFFD stands. */
const wordly = /[\p{L}\p{N}\uFFFD]|^$/u;
/** Combining marks alone, such as the vowel signs of Hindi: they belong to what they follow. */
const marks = /^\p{M}+$/u;

/**
 * The K best words the masked language model would read in a word's place.
 *
 * The word's first piece gives way only to tokens that begin a word, the others only to tokens that go on.
 * With one piece these are the model's top K. With m pieces a sequence c₁…c_m is ranked in context by
 * Σ_j log p(c_j | text); a beam of K is exact for this sum. What has anything around a word's letters and digits is left
 * out: byte-level tokens hold commas, control characters and parts of characters (U+FFFD) beside them. Punctuation around
 * the word stays where it is, and capitals are carried over.
 *
 * Source: Li et al. 2020, §3.2: top K of the unmasked pass, sub-words ranked by perplexity. Departure: its code
 * cuts the product of the pieces to the first 24 and ranks these outside their context; see `official-words.ts`.
 */
export const maskedWords = ({ topK }: { readonly topK: number }): Transformation => ({
  // 1: combining marks could be left behind; 2: a word could bring what was no letter or digit, of byte-level tokens
  ...{ id: 'masked-words', version: 3, settings: { topK } },
  maskedLm: { inContext: true },
  *propose(place, tools) {
    const answer = (yield* unmaskedCandidates(tools, { topK, inContext: true }))[place.index]!;
    const word = place.text.original[place.index]!;
    return swaps(place, substitutes(word, { answer, topK, vocabulary: tools.vocabulary! }));
  },
});

/** The words themselves, best first. */
export function substitutes(
  word: string,
  p: { readonly answer: WordCandidates; readonly topK: number; readonly vocabulary: Vocabulary },
): readonly string[] {
  const { answer, topK, vocabulary } = p;
  const { before, core, after } = splitWord(word);
  const places = withoutPunctuation(answer, vocabulary);
  if (core === '' || places.length === 0 || places.length > mostPieces) return [];
  const words = beam(places, { topK, vocabulary })
    .map((ids) => vocabulary.textOf(ids).trim())
    .filter((text) => splitWord(text).core === text)
    .map((text) => before + inCaseOf(core, text) + after);
  return [...new Set(words)];
}

/** The places of the word's core: punctuation at both ends has pieces of its own. */
function withoutPunctuation(answer: WordCandidates, vocabulary: Vocabulary): readonly PieceCandidates[] {
  const texts = answer.pieces.map((id) => vocabulary.textOf([id]).trim());
  const start = texts.findIndex((text) => wordly.test(text));
  if (start < 0) return [];
  let end = texts.findLastIndex((text) => wordly.test(text)) + 1;
  while (end < texts.length && marks.test(texts[end]!)) end++;
  return answer.candidates.slice(start, end);
}

interface Partial {
  readonly ids: readonly number[];
  readonly logProb: number;
}

/** The best `topK` sequences, best first; equals keep the order in which the model ranked them. */
function beam(
  places: readonly PieceCandidates[],
  { topK, vocabulary }: { readonly topK: number; readonly vocabulary: Vocabulary },
): readonly (readonly number[])[] {
  let kept: readonly Partial[] = [{ ids: [], logProb: 0 }];
  places.forEach(({ ids, logProbs }, place) => {
    const fitting: Partial[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (!vocabulary.isSpecial(id) && vocabulary.isContinuation(id) === place > 0) {
        fitting.push({ ids: [id], logProb: logProbs[i]! });
      }
    }
    kept = kept
      .flatMap((head) =>
        fitting.map((tail) => ({ ids: [...head.ids, ...tail.ids], logProb: head.logProb + tail.logProb })),
      )
      .sort((a, b) => b.logProb - a.logProb)
      .slice(0, topK);
  });
  return kept.map(({ ids }) => ids);
}
