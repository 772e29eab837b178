import type { Part } from '../base/part.ts';

/** One input of the attacked model, as a caller would send it. */
export interface VictimInput {
  readonly text: string;
  /** Second text of a pair; then it is the one under attack. */
  readonly textPair?: string;
  /** Which independent draw of a stochastic victim is meant; what remembers answers keeps draws apart. Absent: any answer. */
  readonly draw?: number;
}

/** The class probabilities of one input, in label order; from 0, summing to 1. */
export type Probabilities = ArrayLike<number>;

/** The class scores of one input in label order, whose softmax are its probabilities: any finite numbers. */
export type Logits = ArrayLike<number>;

/**
 * The attacked model, seen through its outputs alone.
 *
 * `classify` gets many inputs at once (hundreds, of many examples), without duplicates, shortest first, and
 * answers a row for each in the same order. A row should not depend on its neighbours: an implementation that
 * batches texts of equal token length answers the same bits whatever else is asked, and then a resumed or
 * sharded attack ends exactly as an uninterrupted one. Splitting into batches that fit memory is its business.
 * If it rejects, the inputs of each example are asked again on their own, and those that fail again end as
 * `error`. Where it answers something else than it says (logits for probabilities, NaN, other numbers of rows or classes), or rejects
 * with a VdaError `diverged`, the whole attack stops: no text is to blame.
 */
export interface Victim {
  /** Names of its classes: two at least, no two alike. */
  readonly labels: readonly string[];
  /** What stands for an unknown word in its text (`[UNK]`, `<unk>`). */
  readonly unkToken: string;
  /** What stands for a hidden word in its text (`[MASK]`, `<mask>`): only recipes that hide words behind it need it. */
  readonly maskToken?: string;
  /**
   * What its rows are. Default: probabilities, which attacks compare by their logarithms: where they are rounded to 0 and 1 an
   * attack sees no difference between texts, so logits are better where there are any. Decisions are rows with 1 for the class it
   * decides on and 0 elsewhere: they have no margins, so only searches that go without will do.
   */
  readonly answers?: 'logits' | 'probabilities' | 'decisions';
  classify(inputs: readonly VictimInput[]): Promise<readonly (Logits | Probabilities)[]>;
  /**
   * How many words of the attacked text it reads, counted from the first; of a pair that is the second text, and `context`
   * the first. Those after are cut off: they are not attacked and count nowhere. Of a lone text no edit of a word after the
   * next changes its answer. Absent: it reads all of them.
   */
  wordsSeen?(text: string, context?: string): number;
  /**
   * Of each input one number for each word of the attacked text that it reads: ‖∇m‖₁, the gradient of the margin between its two
   * best classes at the word's embeddings (their mean, where a word has several). Only rankings by gradient ask; `victimOf` gives it.
   */
  wordGradients?(inputs: readonly VictimInput[]): Promise<readonly ArrayLike<number>[]>;
  /** Of a stochastic victim: fresh draws, in most of which a success must hold ({@link withVotes}). */
  readonly freshDraws?: number;
  /**
   * What tells it from every other victim, other weights of the same model included: results on disk are gone on with only
   * where this is equal. `runAttack` needs it; `victimOf` gives it. Of a model elsewhere: its name and version.
   */
  identity?(): Part;
}
