import { probabilitiesOf } from '../../base/probabilities-of.ts';
import type { Edit } from '../../text/edited-text.ts';
import { WrongAnswer } from '../check-answers.ts';
import { predicted } from '../goal/goal.ts';
import type { Logits, Victim } from '../victim.ts';
import type { Search } from './request.ts';
import type { Tools } from './tools.ts';

/** What stands in a word's place while its importance is measured. */
export type HideBehind = 'unk' | 'mask' | 'nothing';

/** How words are put in the order in which they are visited. */
export interface Ranking {
  /** What tells it from other rankings, among the settings of the search. */
  readonly settings: Readonly<Record<string, string>>;
  /** The words to visit, most important first, equals in order of position; undefined where the query budget ends before. */
  readonly rank: (tools: Tools) => Search<readonly number[] | undefined>;
}

/** By the fall of the goal's score when a word is hidden. Source: Li et al. 2020, Eq. 1; Jin et al. 2020, Eq. 2. */
export const hiding = (hideBehind: HideBehind): Ranking => ({
  settings: { hideBehind },
  rank: (tools) => rankWords(tools, { words: tools.progress.words, hideBehind, importance: fallOfScore }),
});

/** Importance of a word, from the rows before and after it was hidden. */
export type Importance = (
  rows: { readonly clean: Logits; readonly hidden: Logits },
  tools: Pick<Tools, 'goal' | 'example'>,
) => number;

/**
 * How much the goal's score s falls: I = s(S) − s(S without w), with the goal {@link untargeted} the fall of the margin.
 *
 * Source: Li et al. 2020, Eq. 1, where s is the probability of the true class; Jin et al. 2020, Eq. 2, where the prediction holds.
 */
const fallOfScore: Importance = ({ clean, hidden }, { goal }) => goal.score(clean) - goal.score(hidden);

/** The fall, and where the prediction flips to class c also the rise p_c(S without w) − p_c(S), of probabilities. Source: Jin et al. 2020, Eq. 2. */
export const fallAndRise: Importance = (rows, tools) => {
  const { clean, hidden } = rows;
  const winner = predicted(hidden);
  const riseOf = () => probabilitiesOf(hidden)[winner]! - probabilitiesOf(clean)[winner]!;
  const rise = winner === tools.example.label ? 0 : riseOf();
  return fallOfScore(rows, tools) + rise;
};

/**
 * The words to visit, most important first, equals in order of position; one query a word.
 *
 * @returns undefined where the budget ends before all are scored
 * @throws WrongAnswer where words are to be hidden behind a mask and the victim names none
 */
export function* rankWords(
  tools: Tools,
  p: { readonly words: number; readonly hideBehind: HideBehind; readonly importance: Importance },
): Search<readonly number[] | undefined> {
  const { row: clean } = tools.progress;
  const rows = yield* hiddenRows(tools, p);
  if (rows === undefined) return undefined;
  return ranked(
    tools,
    rows.map((row) => p.importance({ clean, hidden: row }, tools)),
  );
}

/** The rows of the text with each of its first words hidden in turn, one query each; undefined where the budget ends before. */
export function* hiddenRows(
  tools: Tools,
  { words, hideBehind }: { readonly words: number; readonly hideBehind: HideBehind },
): Search<readonly Logits[] | undefined> {
  const { progress, victim } = tools;
  const { text, row } = progress;
  const to = hidingToken(hideBehind, victim);
  const hidden = Array.from({ length: words }, (_, start): Edit => ({ start, end: start + 1, to }));
  const rows = yield* tools.rowsOf(hidden, { text, row });
  return rows.length < hidden.length ? undefined : rows;
}

function hidingToken(
  hideBehind: HideBehind,
  { unkToken, maskToken }: Pick<Victim, 'unkToken' | 'maskToken'>,
) {
  if (hideBehind === 'nothing') return '';
  if (hideBehind === 'unk') return unkToken;
  if (maskToken !== undefined) return maskToken;
  throw new WrongAnswer(
    'The recipe hides words behind a mask, and the victim has no maskToken; expected what stands for a hidden word in its text, such as [MASK].',
  );
}

/** The words by falling importance, told to whoever listens. */
export function ranked({ tell }: Pick<Tools, 'tell'>, importance: readonly number[]): readonly number[] {
  const order = byFallingScore(importance);
  tell({ kind: 'ranked', order, importance: order.map((index) => importance[index]!) });
  return order;
}

/** Indices by falling score, equal scores in order of position. */
export const byFallingScore = (scores: readonly number[]): readonly number[] =>
  scores.map((_, index) => index).sort((a, b) => scores[b]! - scores[a]! || a - b);

/** Index of the lowest value below a bound, the first of equals. */
export function lowestBelow(bound: number, values: readonly number[]): number | undefined {
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
