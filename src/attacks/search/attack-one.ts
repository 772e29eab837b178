import { messageOf } from '../../base/error.ts';
import type { Example } from '../../data/dataset.ts';
import { type EditedText, editText, renderInput, renderText, replaceWord } from '../../text/edited-text.ts';
import { mayReplace, maySubstitute } from '../constraints/constraint.ts';
import { type Goal, untargeted } from '../goal/untargeted.ts';
import type { FillInput, MaskFiller, Probabilities, VictimInput, WordFill } from '../ports.ts';
import type { AttackRecipe } from '../recipe.ts';
import type { AttackStatus, WordChange } from '../record.ts';
import { isModelAtFault } from './check-answers.ts';
import { byFallingScore } from './importance.ts';

/**
 * What a search asks for. `classify` means: these inputs in this order, one at a time, ending after the first
 * whose row satisfies `stopAt`; how many are really computed at once is the driver's affair.
 */
export type AttackRequest =
  | {
      readonly kind: 'classify';
      readonly count: number;
      readonly at: (index: number) => VictimInput;
      readonly stopAt?: (row: Probabilities) => boolean;
    }
  | { readonly kind: 'fill'; readonly input: FillInput; readonly topK: number }
  | { readonly kind: 'loss'; readonly sequences: readonly (readonly number[])[] };

/** The answer to a request; for `classify` the rows up to the stop. `timeout` carries the rows there were time for. */
export type AttackReply =
  | { readonly kind: 'classify'; readonly rows: readonly Probabilities[] }
  | { readonly kind: 'fill'; readonly fills: readonly WordFill[] }
  | { readonly kind: 'loss'; readonly losses: readonly number[] }
  | { readonly kind: 'timeout'; readonly rows: readonly Probabilities[] };

/** How the attack on one example ended. */
export interface AttackOutcome {
  readonly status: AttackStatus;
  /** Empty when the model never answered. */
  readonly originalRow: Probabilities;
  readonly finalRow: Probabilities;
  /** The text as the attack left it, and what it was. */
  readonly text: EditedText;
  readonly changes: readonly WordChange[];
  /** Words of the attacked text that could have changed: those that the victim reads. */
  readonly words: number;
  readonly queries: number;
  readonly message?: string;
}

export interface AttackContext {
  readonly recipe: AttackRecipe;
  readonly filler: MaskFiller;
  /** `Victim.unkToken`. */
  readonly unkToken: string;
  /** `Victim.wordsSeen`. */
  readonly wordsSeen?: (text: string, context?: string) => number;
}

/** A search, as a coroutine. */
export type Search<T> = Generator<AttackRequest, T, AttackReply>;

/** What the search knows at a moment; changed in place so that an exception or a timeout can still report it. */
interface Progress {
  text: EditedText;
  originalRow: Probabilities;
  finalRow: Probabilities;
  /** The true class's probability that candidates have to undercut. */
  resistance: number;
  queries: number;
  readonly changes: WordChange[];
  /** Whether some word had a candidate, asked or not. */
  tried: boolean;
  /** n: words that are attacked and counted, the first ones. */
  words: number;
  /** Words that the victim reads of a text: counted anew once the text has changed. */
  seen?: { readonly of: EditedText; readonly words: number };
}

interface SearchState extends AttackContext {
  readonly progress: Progress;
  readonly goal: Goal;
}

/** What a step returns when its time ran out, and when the query budget did. */
const outOfTime = Symbol('out of time');
const outOfQueries = Symbol('out of queries');

/**
 * The greedy search of BERT-Attack on one example (of a pair: on its second text), as a coroutine.
 *
 * 1. The clean text is classified (not counted as a query); a wrong prediction ends as `skipped`.
 * 2. Each of the n words that the victim reads (the recipe may say: of all words) is hidden in turn behind the victim's
 *    unknown token, n queries; words are then visited by falling importance, each once.
 * 3. At each word the candidates that pass the constraints are asked one at a time, best first; the first that
 *    flips the prediction ends as `success`, else the largest drop of the true class's probability, if any,
 *    stays. One query a candidate asked.
 * 4. A candidate that the query budget does not reach: `out-of-queries`. Words or changes allowed used up: `failed`, or
 *    `nothing-to-change` where no word had a candidate; where not one word may change, that is said before step 2.
 *
 * It yields requests and is resumed with replies; what is thrown into it ends as `error`, unless a model is at fault. It never
 * sees the victim, so any number can run side by side, and each is exactly the one-by-one algorithm.
 *
 * Source: Li et al. 2020 (arXiv:2004.09984), Algorithm 1; departures are the recipe's.
 */
export function* attackOne(example: Example, context: AttackContext): Search<AttackOutcome> {
  const attacked = context.recipe.prepare(example.textPair ?? example.text);
  const progress: Progress = {
    text: editText(attacked, example.textPair === undefined ? {} : { context: example.text }),
    originalRow: [],
    finalRow: [],
    resistance: Number.NaN,
    queries: 0,
    changes: [],
    tried: false,
    words: 0,
  };
  progress.words = progress.text.words.length;
  const outcome = (): Omit<AttackOutcome, 'status'> => {
    const { text, originalRow, finalRow, changes, words, queries } = progress;
    return { text, originalRow, finalRow, changes, words, queries };
  };
  try {
    const state: SearchState = { ...context, progress, goal: untargeted(example.label) };
    if (!context.recipe.countsUnread) progress.words = Math.min(progress.words, wordsRead(state));
    const status = yield* search(state, example.label);
    return { ...outcome(), status };
  } catch (error) {
    if (isModelAtFault(error)) throw error;
    return { ...outcome(), status: 'error', message: messageOf(error) };
  }
}

function* search(state: SearchState, label: number): Search<AttackStatus> {
  const { progress, recipe, goal } = state;
  const clean = yield* classify(1, () => progress.text);
  if (clean.timedOut) return 'timeout';
  progress.originalRow = progress.finalRow = clean.rows[0]!;
  progress.resistance = goal.resistance(progress.originalRow);
  if (goal.reached(progress.originalRow)) return 'skipped';

  const mayChangeMore = () =>
    recipe.mayChangeMore({ changed: progress.changes.length, words: progress.words });
  if (progress.words === 0 || !mayChangeMore()) return 'nothing-to-change';

  const order = yield* rankWords(state, label);
  if (order === outOfTime) return 'timeout';
  if (order === outOfQueries) return 'out-of-queries';
  if (order.length === 0) return 'nothing-to-change';

  const { original: words, context } = progress.text;
  const inContext = context !== undefined && recipe.fillsInContext;
  const filled = yield { kind: 'fill', input: { words, ...(inContext && { context }) }, topK: recipe.topK };
  if (filled.kind !== 'fill') return 'timeout';

  for (const index of order) {
    if (!mayChangeMore()) return 'failed';
    const ended = yield* attackWord(state, { index, fill: filled.fills[index]! });
    if (ended !== undefined) return ended;
  }
  return progress.tried ? 'failed' : 'nothing-to-change';
}

/** Words to visit, most important first. */
function* rankWords(
  state: SearchState,
  label: number,
): Search<readonly number[] | typeof outOfTime | typeof outOfQueries> {
  const { progress, recipe, unkToken } = state;
  const { text, originalRow: clean } = progress;
  const { words } = progress;
  const scored = recipe.scoresLastWord ? words : Math.max(0, words - 1);
  const count = Math.min(scored, budgetLeft(state));
  const asked = yield* classify(Math.min(count, wordsInReach(state)), (index) =>
    replaceWord(text, { index, to: unkToken }),
  );
  if (asked.timedOut) {
    progress.queries += asked.rows.length;
    return outOfTime;
  }
  const rows = [...asked.rows, ...new Array<Probabilities>(count - asked.rows.length).fill(clean)];
  progress.queries += rows.length;
  if (rows.length < scored) return outOfQueries;
  progress.queries += Math.min(words - scored, budgetLeft(state));
  return byFallingScore(rows.map((hidden) => recipe.importance({ clean, hidden, label })));
}

/** Tries the candidates of one word; a status when the attack is over, else nothing. */
function* attackWord(
  state: SearchState,
  { index, fill }: { readonly index: number; readonly fill: WordFill },
): Search<AttackStatus | undefined> {
  const { progress, recipe, goal } = state;
  const { text, resistance } = progress;
  const from = text.original[index]!;
  const allowed = yield* candidatesFor(from, { ...state, fill });
  if (allowed === outOfTime) return 'timeout';
  if (allowed.length === 0) return undefined;
  progress.tried = true;
  const texts = (candidate: number) => replaceWord(text, { index, to: allowed[candidate]! });
  const count = Math.min(allowed.length, budgetLeft(state));
  if (count === 0) return 'out-of-queries';
  const { rows, timedOut } =
    index < wordsInReach(state)
      ? yield* classify(count, texts, goal.reached)
      : { rows: new Array<Probabilities>(count).fill(progress.finalRow), timedOut: false };
  progress.queries += rows.length;
  if (timedOut) return 'timeout';

  const last = rows.length - 1;
  const flipped = goal.reached(rows[last]!);
  const best = flipped ? last : lowestBelow(resistance, rows.map(goal.resistance));
  if (best !== undefined) {
    const now = goal.resistance(rows[best]!);
    progress.changes.push({ index, from, to: allowed[best]!, score: resistance - now });
    progress.resistance = now;
  }
  const kept = best ?? (recipe.keepsLastTried ? last : undefined);
  if (kept !== undefined) {
    progress.text = texts(kept);
    progress.finalRow = rows[kept]!;
  }
  if (flipped) return 'success';
  return count < allowed.length ? 'out-of-queries' : undefined;
}

/** Words that may be tried in place of `from`, best first. */
function* candidatesFor(
  from: string,
  { recipe, filler, fill }: SearchState & { readonly fill: WordFill },
): Search<readonly string[] | typeof outOfTime> {
  const core = recipe.coreOf(from);
  if (!mayReplace(recipe.constraints, core)) return [];
  const proposals = recipe.transformation.propose({ word: from, fill, topK: recipe.topK }, filler);
  let words: readonly string[];
  if (proposals.kind === 'words') {
    words = proposals.words;
  } else {
    const { sequences } = proposals;
    const ranked = yield { kind: 'loss', sequences };
    if (ranked.kind !== 'loss') return outOfTime;
    const bestFirst = byFallingScore(ranked.losses.map((loss) => -loss));
    words = bestFirst.map((index) => filler.textOf(sequences[index]!));
  }
  return words.filter(
    (word) =>
      word.trim() !== '' && word !== from && maySubstitute(recipe.constraints, [core, recipe.coreOf(word)]),
  );
}

/** Asks the victim about edited texts in order. */
function* classify(
  count: number,
  textAt: (index: number) => EditedText,
  stopAt?: (row: Probabilities) => boolean,
): Search<{ readonly rows: readonly Probabilities[]; readonly timedOut: boolean }> {
  if (count === 0) return { rows: [], timedOut: false };
  const at = (index: number) => renderInput(textAt(index));
  const reply = yield { kind: 'classify', count, at, ...(stopAt && { stopAt }) };
  return { rows: 'rows' in reply ? reply.rows : [], timedOut: reply.kind === 'timeout' };
}

/** Words of the text as it is that the victim reads. */
function wordsRead({ progress, wordsSeen: count }: SearchState): number {
  const { text } = progress;
  if (count === undefined) return Number.POSITIVE_INFINITY;
  if (progress.seen?.of !== text) progress.seen = { of: text, words: count(renderText(text), text.context) };
  return progress.seen.words;
}

/**
 * Words of the text as it is whose edit may change the answer; others need not be asked about. The one after those that are
 * read may fit in fewer pieces. What is cut off a pair may depend on both lengths: there any word may.
 */
const wordsInReach = (state: SearchState): number =>
  state.progress.text.context === undefined ? wordsRead(state) + 1 : Number.POSITIVE_INFINITY;

const budgetLeft = ({ recipe, progress }: SearchState): number =>
  (recipe.queryBudget ?? Number.POSITIVE_INFINITY) - progress.queries;

/** Index of the lowest value below a bound, the first of equals. */
function lowestBelow(bound: number, values: readonly number[]): number | undefined {
  let best: number | undefined;
  let lowest = bound;
  values.forEach((value, index) => {
    if (value < lowest) {
      lowest = value;
      best = index;
    }
  });
  return best;
}
