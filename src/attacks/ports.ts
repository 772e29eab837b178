import type { Part } from '../base/part.ts';

/** One input of the attacked model, as a caller would send it. */
export interface VictimInput {
  readonly text: string;
  /** Second text of a pair; then it is the one under attack. */
  readonly textPair?: string;
}

/** The class probabilities of one input, in label order; from 0, summing to 1. */
export type Probabilities = ArrayLike<number>;

/**
 * The attacked model, seen through its outputs alone.
 *
 * `classify` gets many inputs at once (hundreds, of many examples), without duplicates, shortest first, and
 * answers a row for each in the same order. A row should not depend on its neighbours: an implementation that
 * batches texts of equal token length answers the same bits whatever else is asked, and then a resumed or
 * sharded attack ends exactly as an uninterrupted one. Splitting into batches that fit memory is its business.
 * If it rejects, the inputs of each example are asked again on their own, and those that fail again end as
 * `error`. Where it answers something else than probabilities (logits, NaN, other numbers of rows or classes), or rejects
 * with a VdaError `diverged`, the whole attack stops: no text is to blame.
 */
export interface Victim {
  /** Names of its classes: two at least, no two alike. */
  readonly labels: readonly string[];
  /** What stands for an unknown word in its text (`[UNK]`, `<unk>`). */
  readonly unkToken: string;
  classify(inputs: readonly VictimInput[]): Promise<readonly Probabilities[]>;
  /**
   * How many words of the attacked text it reads, counted from the first; of a pair that is the second text, and `context`
   * the first. Those after are cut off: they are not attacked and count nowhere. Of a lone text no edit of a word after the
   * next changes its answer. Absent: it reads all of them.
   */
  wordsSeen?(text: string, context?: string): number;
  /**
   * What tells it from every other victim, other weights of the same model included: results on disk are gone on with only
   * where this is equal. `runAttack` needs it; `victimOf` gives it. Of a model elsewhere: its name and version.
   */
  identity?(): Part;
}

/** The masked language model's best tokens at one position, best first. */
export interface PieceCandidates {
  readonly ids: ArrayLike<number>;
  /** Natural logarithms of their probabilities over the whole vocabulary. */
  readonly logProbs: ArrayLike<number>;
}

/** What the masked language model says about one word of a text. */
export interface WordFill {
  /** Token ids of the word in the text. Empty where the text was cut off before the word. */
  readonly pieces: readonly number[];
  /** For each piece the tokens the model would put in its place, `topK` of them. */
  readonly candidates: readonly PieceCandidates[];
}

/** A text that the masked language model is to read. */
export interface FillInput {
  /** Its words: never empty, never with white space inside. */
  readonly words: readonly string[];
  /** First text of a pair, to be read before the words; nothing is answered about it. */
  readonly context?: string;
}

/**
 * A masked language model with its tokenizer, as an attack needs it.
 *
 * `fill`: one pass over each text as it stands, nothing masked (Li et al. 2020, §3.2); the model sees the words
 * of one text, a single space before each, with its special tokens, as the second text of a pair where there is a
 * context. One answer an input, one `WordFill` a word. Text beyond the model's length is cut off.
 *
 * `loss`: mean cross-entropy (nats) of each token sequence against itself, from one unmasked pass over the
 * sequence alone, without special tokens. Sequences may differ in length. Only `--fidelity official` asks.
 *
 * Asked once an example; batches of many examples. Both as pure as `Victim.classify`, and retried as it is.
 */
export interface MaskFiller {
  fill(
    inputs: readonly FillInput[],
    options: { readonly topK: number },
  ): Promise<readonly (readonly WordFill[])[]>;
  loss(sequences: readonly (readonly number[])[]): Promise<readonly number[]>;
  /** True when the token continues a word. */
  isContinuation(id: number): boolean;
  /** True for `[CLS]`, `[unused7]` and the like: never part of a text. */
  isSpecial(id: number): boolean;
  /** Text of a run of tokens (`['un', '##able']` → `unable`). */
  textOf(ids: readonly number[]): string;
  /** As that of a {@link Victim}. */
  identity?(): Part;
}
