import type { Example } from '../../data/dataset.ts';
import type { Edit, EditedText } from '../../text/edited-text.ts';
import type { Goal } from '../goal/goal.ts';
import type { MaskedLanguageModel } from '../masked-lm.ts';
import type { MemberEnding, Refused } from '../record.ts';
import type { Logits, Victim } from '../victim.ts';
import type { Search } from './request.ts';

/** What a search may know of the victim without asking it. */
export type VictimFacts = Pick<Victim, 'unkToken' | 'maskToken' | 'wordsSeen' | 'freshDraws' | 'answers'>;

/** What the masked language model says of its tokens at once. */
export type Vocabulary = Pick<MaskedLanguageModel, 'isContinuation' | 'isSpecial' | 'textOf' | 'maskToken'>;

/** How far the search on one example has come; read by whoever reports it when it is cut short. */
export interface Progress {
  text: EditedText;
  originalRow: Logits;
  /** Of `text`. */
  row: Logits;
  queries: number;
  /** n: words that are attacked and counted, the first ones. */
  words: number;
  /** The edits of `text` that brought something, each with the fall of the goal's score. An edit without is not counted. */
  readonly gains: Map<Edit, number>;
  /** What each constraint refused so far, by its id. */
  readonly rejections: Map<string, Refused>;
  /** Of an ensemble: the attacks that have ended. */
  members?: readonly MemberEnding[];
}

/** What transformations and constraints are given for one example. They know no recipe: a recipe is made of them. */
export interface ExampleTools {
  readonly victim: VictimFacts;
  /** Absent where no part of the recipe asks it. */
  readonly vocabulary?: Vocabulary | undefined;
  readonly example: Example;
  readonly goal: Goal;
  readonly progress: Progress;
  /** Queries that may still be asked. */
  queriesLeft(): number;
  /**
   * The rows of a text with each of some edits, in order; one query each. Fewer than edits where one satisfies `stopAt` (it is
   * the last), or where the budget ends. What the victim does not read is not asked about: its row is that of the text.
   *
   * @param of the text and its row
   */
  rowsOf(
    edits: readonly Edit[],
    of: { readonly text: EditedText; readonly row: Logits },
    stopAt?: (row: Logits) => boolean,
  ): Search<readonly Logits[]>;
  /** Goes on from the text with one more edit, counted among the changes. */
  accept(edit: Edit, row: Logits): void;
  /** What is asked once an example, whoever needs it: `make` by its key. */
  remember<T>(key: unknown, make: () => Search<T>): Search<T>;
}
