import { wordsOf } from '../text/words.ts';

/**
 * How the attack on one example can end:
 *
 * - `success`: the prediction changed;
 * - `failed`: the prediction held against everything that the attack tries;
 * - `skipped`: the model was wrong before the attack;
 * - `out-of-queries`: the query budget was used up with candidates left, so that nobody knows;
 * - `nothing-to-change`: no edit was ever admissible (no words, no candidate at any of them, or a change limit of 0 words);
 * - `timeout`: the example's clock ran out;
 * - `error`: an exception.
 *
 * Which of them count as robust is for `RobustEndings` to say.
 */
export const attackStatuses = [
  'success',
  'failed',
  'skipped',
  'out-of-queries',
  'nothing-to-change',
  'timeout',
  'error',
] as const;

/** How the attack on a text ended. */
export type AttackStatus = (typeof attackStatuses)[number];

/** One edit, anchored to the words of the original text. */
export interface WordChange {
  /** Index of the first word that it is about, among the words of the attacked text. */
  readonly index: number;
  /** The words that went, apart by spaces; empty for an insertion. */
  readonly from: string;
  /** What came; empty for a deletion. */
  readonly to: string;
  /**
   * Fall of the goal's score that this change brought: of the margin, in logits; in the published code's attack, and in records of
   * earlier versions, of the true class's probability.
   */
  readonly score: number;
}

/** Words that edits are about: those that went, and one for an insertion. The numerator of Perturb. */
export const wordsChanged = (changes: readonly Pick<WordChange, 'from'>[]): number =>
  changes.reduce((sum, { from }) => sum + Math.max(1, wordsOf(from).length), 0);

/** What a constraint refused: words at which nothing might be tried, and edits of others. */
export interface Refused {
  readonly words: number;
  readonly edits: number;
}

/** By the constraint's id. What several would refuse counts for the first that was asked. */
export type Rejections = Readonly<Record<string, Refused>>;

/** How one attack of an ensemble ended. */
export interface MemberEnding {
  readonly recipe: string;
  readonly status: AttackStatus;
  readonly queries: number;
}

/** One line of `results.jsonl`. */
export interface AttackRecord {
  /** `Example.id`. */
  readonly id: number;
  readonly status: AttackStatus;
  /** Name of the true class. */
  readonly label: string;
  /** Predicted class names and class probabilities (in label order) before and after. */
  readonly originalPrediction: string;
  readonly originalProbabilities: readonly number[];
  /**
   * Logits before, with 7 digits: what probabilities round away of a sure model. Of a victim that answers probabilities, their
   * logarithms. Absent in records of earlier versions.
   */
  readonly originalLogits?: readonly number[];
  readonly finalPrediction: string;
  readonly finalProbabilities: readonly number[];
  /** The text before the attack, as the recipe prepared it; for pairs `textPair` is the text that is attacked. */
  readonly text: string;
  readonly textPair?: string;
  /** The text as the attack left it (equal to the original where nothing changed). */
  readonly adversarialText: string;
  readonly changes: readonly WordChange[];
  /**
   * Denominator of Perturb: words of the attacked text that the model reads; the published code counts all, and those of
   * both texts of a pair.
   */
  readonly words: number;
  /** Questions to the victim that the one-by-one algorithm would have asked; the clean text is not counted. */
  readonly queries: number;
  /** The example's share of the time in the models; see `EndedAttack.seconds`. */
  readonly seconds: number;
  /** Of a success on a stochastic victim: in how many of some fresh draws it held. */
  readonly confirmed?: { readonly held: number; readonly of: number };
  /** Of an ensemble: how each attack that ran ended; those after a success did not run. */
  readonly members?: readonly MemberEnding[];
  /** What each constraint refused; those that refused nothing are left out. Absent in records of earlier versions. */
  readonly rejections?: Rejections;
  /** For `error`: what was thrown. */
  readonly message?: string;
}
