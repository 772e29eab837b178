import { VdaError } from '../base/error.ts';
import { type BertNormalization, bertWords } from './bert-words.ts';
import { mergeCorpus } from './merge-corpus.ts';
import { wordsOf } from './words.ts';

/** Settings of `trainWordPiece`. */
export interface WordPieceTraining extends BertNormalization {
  /** Entries of the vocabulary, special tokens included. */
  readonly size: number;
  /** A pair seen less often is not merged. Default 2. */
  readonly minFrequency?: number;
  /** Coverage: the fraction of all characters the alphabet must cover; words with a rarer one become `[UNK]`. ASCII stays. Default 0.9999. */
  readonly coverage?: number;
  /** First entries, in order. Default BERT's five, `[PAD]` first so that its id is 0. */
  readonly specialTokens?: readonly string[];
}

/** BERT's special tokens, in the order a new vocabulary starts with. */
export const BERT_SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

const LONGEST_WORD = 100; // longer words are `[UNK]` when encoding, so they teach nothing
const CHUNKS_HELD = 500_000; // bounds memory on endless streams of distinct strings

/**
 * Counts the words of a stream of lines after BERT's normalisation and pre-tokenisation.
 * Lines are split on white space first and each distinct chunk is normalised once.
 */
export const countWords = async (
  lines: AsyncIterable<string> | Iterable<string>,
  options: BertNormalization = {},
): Promise<Map<string, number>> => {
  const words = new Map<string, number>();
  const chunks = new Map<string, number>();
  const empty = (): void => {
    for (const [chunk, count] of chunks) {
      for (const word of bertWords(chunk, options)) {
        if (word.length <= LONGEST_WORD) words.set(word, (words.get(word) ?? 0) + count);
      }
    }
    chunks.clear();
  };
  for await (const line of lines) {
    for (const chunk of wordsOf(line)) chunks.set(chunk, (chunks.get(chunk) ?? 0) + 1);
    if (chunks.size > CHUNKS_HELD) empty();
  }
  empty();
  return words;
};

const byCodePoint = (a: string, b: string): number => {
  const [x, y] = [[...a], [...b]];
  const at = x.findIndex((character, i) => character !== y[i]);
  if (at < 0) return x.length - y.length;
  return at < y.length ? (x[at]?.codePointAt(0) ?? 0) - (y[at]?.codePointAt(0) ?? 0) : 1;
};

/** The most frequent characters, together `coverage` of the text (all of equal count, or none), and ASCII ones. */
export const alphabetOf = (words: ReadonlyMap<string, number>, coverage: number): ReadonlySet<string> => {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [word, count] of words) {
    for (const character of word) {
      counts.set(character, (counts.get(character) ?? 0) + count);
      total += count;
    }
  }
  const alphabet = new Set<string>();
  let covered = 0;
  let last = Number.POSITIVE_INFINITY;
  for (const [character, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    const rare = covered >= coverage * total && count < last;
    if (rare && character > '~') continue;
    alphabet.add(character);
    if (rare) continue;
    covered += count;
    last = count;
  }
  return alphabet;
};

/**
 * Learns a WordPiece vocabulary from word counts: starts from the characters (`c` at the start of a word, `##c`
 * inside) and repeatedly joins the most frequent neighbouring pair, ties going to the pair with the smaller ids.
 *
 *     (a, b)* = argmax over pairs of Σ_words count(word) · occurrences of (a, b) in word
 *
 * This is the byte-pair-encoding score, as Hugging Face's `WordPieceTrainer` uses it, not the likelihood
 * ratio count(ab)/(count(a)·count(b)) of Schuster & Nakajima: the ratio favours rare pairs, so a small vocabulary
 * would hold fewer whole words, and whole words are what substitution attacks and the demo need.
 *
 * Deterministic: the result depends on the counts alone, not on the order of the words. Pair counts are kept up to date
 * merge by merge, so the cost grows with what changes and not with the corpus.
 *
 * Source: Sennrich et al. 2016 (arXiv:1508.07909) §3.2; `##` notation Devlin et al. 2019 (arXiv:1810.04805).
 * Departures from Hugging Face's trainer: the alphabet is chosen by coverage instead of a fixed 1000, words with a
 * character outside it are left out instead of losing the character, and letters and digits get both their forms.
 * @returns the vocabulary, index = id; shorter than `size` where no pair reaches `minFrequency`
 * @throws VdaError `bad-input` when there are no words, `usage` when `size` can't hold the alphabet
 */
export const learnWordPiece = (
  wordCounts: ReadonlyMap<string, number>,
  options: Pick<WordPieceTraining, 'size' | 'minFrequency' | 'coverage' | 'specialTokens'>,
): readonly string[] => {
  const { size, minFrequency = 2, coverage = 0.9999, specialTokens = BERT_SPECIAL_TOKENS } = options;
  if (wordCounts.size === 0) {
    throw new VdaError('bad-input', 'Training a vocabulary needs text, but the lines given hold no words.');
  }
  const alphabet = alphabetOf(wordCounts, coverage);
  const words = [...wordCounts]
    .filter(([word]) => [...word].every((character) => alphabet.has(character)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const inner = new Set<string>();
  for (const character of alphabet) if (/[\p{L}\p{N}]/u.test(character)) inner.add(character);
  for (const [word] of words) for (const character of [...word].slice(1)) inner.add(character);
  const vocab = [
    ...specialTokens,
    ...[...alphabet].sort(byCodePoint),
    ...[...inner].sort(byCodePoint).map((character) => `##${character}`),
  ];
  if (vocab.length > size) {
    throw new VdaError(
      'usage',
      `A vocabulary of ${size} entries can't hold the ${vocab.length} special tokens and characters of this text. ` +
        'Ask for a larger vocabulary or a lower character coverage.',
    );
  }
  const idOf = new Map(vocab.map((token, id) => [token, id] as const));
  const symbolsOf = (word: string): number[] =>
    [...word].map((character, i) => idOf.get(i === 0 ? character : `##${character}`)!);
  const corpus = mergeCorpus(
    words.map(([word]) => symbolsOf(word)),
    { counts: words.map(([, count]) => count), symbols: size },
  );
  while (vocab.length < size) {
    const pair = corpus.best();
    if (pair === undefined || pair.count < minFrequency) break;
    const token = vocab[pair.left]! + vocab[pair.right]!.slice(2);
    const id = idOf.get(token) ?? vocab.push(token) - 1;
    idOf.set(token, id);
    corpus.merge(pair, id);
  }
  return vocab;
};

/**
 * Learns a WordPiece vocabulary from a stream of lines: `countWords`, then `learnWordPiece`.
 * @throws VdaError `bad-input` when there are no words, `usage` when `size` can't hold the alphabet
 */
export const trainWordPiece = async (
  lines: AsyncIterable<string> | Iterable<string>,
  options: WordPieceTraining,
): Promise<readonly string[]> => learnWordPiece(await countWords(lines, options), options);
