import type { Edit } from '../../text/edited-text.ts';
import type { Logits } from '../victim.ts';
import { candidatesAt } from './candidates.ts';
import { byFallingScore, hiddenRows, lowestBelow, type Ranking } from './importance.ts';
import type { Search } from './request.ts';
import type { Tools } from './tools.ts';

/** A word with what does most in its place, all measured on the clean text. */
export interface WeighedWord {
  readonly index: number;
  /** Of its candidates the one with the largest fall of the goal's score, the first of equals. */
  readonly best: Edit;
  readonly row: Logits;
  /** H: the fall that the best candidate brings, times the softmax of the saliencies at the word. */
  readonly weight: number;
}

/**
 * Words that have candidates, by falling probability-weighted word saliency (PWWS):
 *
 *     S_i = s(x) − s(x̂_i),   Δ_i = s(x) − min over candidates c of s(x with c at i),   H_i = softmax(S / s(x))_i · Δ_i / s(x)
 *
 * for the goal's score s and the text x̂_i whose word i is the unknown one. One query a word, then one a candidate.
 *
 * Source: Ren et al. 2019 (ACL 2019, P19-1103), Eq. 4 to 8. Departure: falls are shares of the clean text's score, so that the
 * order is the same for a model whose logits are multiplied by a constant (a softmax of raw margins is not).
 *
 * @returns undefined where the query budget ends before all is asked
 */
export function* weighWords(tools: Tools): Search<readonly WeighedWord[] | undefined> {
  const { progress, goal } = tools;
  const { text, row: clean, words } = progress;
  const hidden = yield* hiddenRows(tools, { words, hideBehind: 'unk' });
  if (hidden === undefined) return undefined;
  const edits: (readonly Edit[])[] = [];
  for (let index = 0; index < words; index++) edits.push(yield* candidatesAt(tools, index));
  const asked = edits.flat();
  const rows = yield* tools.rowsOf(asked, { text, row: clean });
  if (rows.length < asked.length) return undefined;

  const before = goal.score(clean);
  const unit = before > 0 ? before : 1;
  const share = (row: Logits) => (before - goal.score(row)) / unit;
  const attention = softmax(hidden.map(share));
  let first = 0;
  const weighed = edits.flatMap((own, index): readonly WeighedWord[] => {
    const ownRows = rows.slice(first, first + own.length);
    first += own.length;
    const at = lowestBelow(Number.POSITIVE_INFINITY, ownRows.map(goal.score));
    if (at === undefined) return [];
    const row = ownRows[at]!;
    return [{ index, best: own[at]!, row, weight: attention[index]! * share(row) }];
  });
  const order = byFallingScore(weighed.map(({ weight }) => weight)).map((at) => weighed[at]!);
  tools.tell({
    kind: 'ranked',
    order: order.map(({ index }) => index),
    importance: order.map(({ weight }) => weight),
  });
  return order;
}

/** The order of {@link weighWords} alone, for searches that ask each word's candidates again in the text as it then is. */
export const weightedSaliency: Ranking = {
  settings: { rankBy: 'weighted-saliency' },
  *rank(tools) {
    return (yield* weighWords(tools))?.map(({ index }) => index);
  },
};

function softmax(values: readonly number[]): readonly number[] {
  const most = Math.max(...values);
  const weights = values.map((value) => Math.exp(value - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
