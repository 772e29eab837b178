import { mayReplace, maySubstitute, type WordConstraint } from '../../attacks/constraints/constraint.ts';
import { functionWords, stopWords } from '../../attacks/constraints/stop-words.ts';
import { wholeWord } from '../../attacks/constraints/whole-word.ts';
import { wordnetAntonyms } from '../../attacks/constraints/wordnet-antonyms.ts';
import { bare } from '../../attacks/recipe.ts';
import { once, onceEach } from '../../base/once.ts';
import type { Part } from '../../base/part.ts';
import { embeddedWordnet } from '../../runs/lexica/load-constraints.ts';
import type { LexiconSource } from '../../strategies/vda/candidate-sources.ts';
import type { TokenCandidates, VdaFeedSources } from '../../strategies/vda/feed-sources.ts';
import { noCandidate } from '../../strategies/vda/feeds.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';
import { type CandidateLexicon, loadCandidateLexicon } from './candidate-lexica.ts';

/** What holds for the words of every source. */
const rules: () => readonly WordConstraint[] = once(() => [
  wholeWord,
  stopWords(functionWords),
  wordnetAntonyms(embeddedWordnet()),
]);

/** What decides substitutes: the lexica, by content, and the rules that hold for all. @throws VdaError what reading a file throws */
export const substitutesIdentity = (sources: readonly LexiconSource[]): Part => ({
  ...{ id: 'substitutes', version: 1 },
  parts: {
    sources: sources.map((source) => loadCandidateLexicon(source).part),
    rules: rules().map(bare),
  },
});

/** Where substitutes are looked for. */
export interface SubstituteSources {
  readonly tokenizer: Tokenizer;
  readonly lexica: readonly CandidateLexicon[];
  /** The masked LM's guesses of each training text, `stored` for each of its tokens. */
  readonly guesses?: Guesses | undefined;
}

interface Guesses {
  readonly of: (exampleId: number) => TokenCandidates;
  readonly stored: number;
}

/**
 * Substitutes of the words of texts: single tokens that stand for words, the union of what the lexica name for a word, in the order of
 * the lexica, and behind them what the masked LM guesses where it stands. Words of several pieces have none and are none. Function
 * words and opposites (WordNet) are left out, whatever a source says. A word's capitals are kept.
 *
 * @param options.secondOrder the lexica's words for those words too, behind them
 * @param options.most substitutes kept for a word
 */
export function createSubstitutes(
  { tokenizer, lexica, guesses }: SubstituteSources,
  { secondOrder, most }: { readonly secondOrder: boolean; readonly most: number },
): NonNullable<VdaFeedSources['substitutesOf']> {
  const { wordOf, idOf, words } = wordsOfVocabulary(tokenizer);
  const found = lexica.map(({ lexiconAmong }) => lexiconAmong(words));
  const named = (word: string): readonly string[] =>
    found.flatMap(({ substitutes }) => substitutes(word, Number.POSITIVE_INFINITY));
  const stands = onceEach((from: number) =>
    onceEach((to: number) => maySubstitute(rules(), [wordOf.get(from)!, wordOf.get(to)!])),
  );
  const ofLexica = onceEach((id: number) => {
    const word = wordOf.get(id)!;
    const first = named(word.toLowerCase());
    const all = secondOrder ? [...first, ...first.flatMap(named)] : first;
    const tokens = new Set(all.flatMap((other) => idOf.get(withCapitalsOf(word, other)) ?? []));
    return firstOf(tokens, { most, stands: stands(id) });
  });
  const isReplaced = onceEach((id: number) => wordOf.has(id) && mayReplace(rules(), wordOf.get(id)!));
  const isWhole = (ids: ArrayLike<number>, position: number) =>
    isReplaced(ids[position]!) &&
    (position + 1 === ids.length || !tokenizer.isContinuation(ids[position + 1]!));
  return (exampleId, ids) => {
    const guessed = guesses && guessesAt(guesses, exampleId);
    return Array.from(ids, (id, position) => {
      if (!isWhole(ids, position)) return none;
      if (guessed === undefined) return ofLexica(id);
      const words = guessed(position).filter((other) => wordOf.has(other));
      return firstOf(new Set([...ofLexica(id), ...words]), { most, stands: stands(id) });
    });
  };
}

const none: readonly number[] = [];

/** The first tokens that may stand in. */
function firstOf(
  tokens: Iterable<number>,
  { most, stands }: { readonly most: number; readonly stands: (token: number) => boolean },
): readonly number[] {
  const kept: number[] = [];
  for (const token of tokens) {
    if (kept.length === most) break;
    if (stands(token)) kept.push(token);
  }
  return kept;
}

/** What the masked LM guesses at each position of a text. */
function guessesAt({ of, stored }: Guesses, exampleId: number): (position: number) => readonly number[] {
  const { ids } = of(exampleId);
  return (position) =>
    Array.from(ids.subarray(position * stored, (position + 1) * stored)).filter((id) => id !== noCandidate);
}

/** The words that are a token of their own: by token, by spelling, and in lower case in the order of the vocabulary. */
function wordsOfVocabulary(tokenizer: Tokenizer) {
  const wordOf = new Map<number, string>();
  const idOf = new Map<string, number>();
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    if (tokenizer.specialIds.has(id) || tokenizer.isContinuation(id)) continue;
    const word = tokenizer.textOf([id]).trim();
    if (!mayReplace([wholeWord], word) || idOf.has(word)) continue;
    wordOf.set(id, word);
    idOf.set(word, id);
  }
  return { wordOf, idOf, words: [...new Set([...idOf.keys()].map((word) => word.toLowerCase()))] };
}

/** A word in lower case, spelt with the capitals of another: all, the first, or none. */
function withCapitalsOf(model: string, word: string): string {
  if (model === model.toLowerCase()) return word;
  if (model.length > 1 && model === model.toUpperCase()) return word.toUpperCase();
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
