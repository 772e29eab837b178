import type { Part } from '../base/part.ts';

/** The masked language model's best tokens at one position, best first. */
export interface PieceCandidates {
  readonly ids: ArrayLike<number>;
  /** Natural logarithms of their probabilities over the whole vocabulary. */
  readonly logProbs: ArrayLike<number>;
}

/** What the masked language model says about one word of a text. */
export interface WordCandidates {
  /** Token ids of the word in the text. Empty where the text was cut off before the word. */
  readonly pieces: readonly number[];
  /** For each piece the tokens the model would put in its place, `topK` of them. */
  readonly candidates: readonly PieceCandidates[];
}

/** A text that the masked language model is to read. */
export interface MaskedLmText {
  /** Its words: never empty, never with white space inside. */
  readonly words: readonly string[];
  /** First text of a pair, to be read before the words; nothing is answered about it. */
  readonly context?: string;
}

/**
 * A masked language model with its tokenizer, as an attack needs it.
 *
 * `unmaskedCandidates`: one pass over each text as it stands, nothing masked (Li et al. 2020, §3.2); the model sees the words
 * of one text, a single space before each, with its special tokens, as the second text of a pair where there is a
 * context. One answer an input, one `WordCandidates` a word. Text beyond the model's length is cut off.
 *
 * `loss`: mean cross-entropy (nats) of each token sequence against itself, from one unmasked pass over the
 * sequence alone, without special tokens. Sequences may differ in length. Only the published code of BERT-Attack asks.
 *
 * `maskedCandidates`: one pass over each text, which holds `maskToken` once, in the place of a word or between two; its best tokens
 * there, none where that was cut off. As `unmaskedCandidates` it reads a context. Recipes that mask need both
 * (Garg & Ramakrishnan 2020, §3; Li et al. 2021, §2.2).
 *
 * Asked once an example, where something is masked once a text; batches of many examples. Both as pure as `Victim.classify`, and retried as it is.
 */
export interface MaskedLanguageModel {
  unmaskedCandidates(
    inputs: readonly MaskedLmText[],
    options: { readonly topK: number },
  ): Promise<readonly (readonly WordCandidates[])[]>;
  /** What stands for a hidden word in its text (`[MASK]`, `<mask>`). */
  readonly maskToken?: string;
  maskedCandidates?(
    inputs: readonly MaskedLmText[],
    options: { readonly topK: number },
  ): Promise<readonly PieceCandidates[]>;
  loss(sequences: readonly (readonly number[])[]): Promise<readonly number[]>;
  /**
   * Mean cross-entropy (nats) of each text's tokens against themselves, from one unmasked pass over it with its special tokens,
   * which are not counted. Only the constraint `perplexity` asks.
   */
  textLoss?(texts: readonly string[]): Promise<readonly number[]>;
  /** True when the token continues a word. */
  isContinuation(id: number): boolean;
  /** True for `[CLS]`, `[unused7]` and the like: never part of a text. */
  isSpecial(id: number): boolean;
  /** Text of a run of tokens (`['un', '##able']` → `unable`). */
  textOf(ids: readonly number[]): string;
  /** As that of a {@link Victim}. */
  identity?(): Part;
}
