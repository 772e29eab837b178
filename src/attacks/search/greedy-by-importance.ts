import type { AttackStatus } from '../record.ts';
import { candidatesAt, mayEditMore } from './candidates.ts';
import { lowestBelow, type Ranking } from './importance.ts';
import type { Search } from './request.ts';
import type { SearchRule } from './search-rule.ts';
import type { Tools } from './tools.ts';

/** Choices of the greedy search. */
export interface GreedyOptions {
  readonly ranking: Ranking;
  /**
   * `first-flip`: a word's candidates are asked up to the first that reaches the goal. `all`: all of them are, and the first that
   * reached it counts. `all-for-largest-fall`: all of them are, and of those that reached it the one with the largest fall counts.
   */
  readonly asks: 'first-flip' | 'all' | 'all-for-largest-fall';
}

/**
 * The greedy search of BERT-Attack, TextFooler, DeepWordBug, TextBugger, BAE and A2T.
 *
 * 1. The ranking orders the n words that the victim reads (hiding each in turn costs n queries); they are visited in that
 *    order, each once.
 * 2. At each word the candidates are asked one at a time, best first. One that reaches the goal ends as `success`; else the
 *    one that lowers the goal's score most, if any does, stays. One query a candidate asked.
 * 3. A candidate that the query budget does not reach: `out-of-queries`. Words or changes allowed used up: `failed`, or
 *    `nothing-to-change` where no word had a candidate; where not one word may change, that is said before step 1.
 *
 * Source: Li et al. 2020 (arXiv:2004.09984), Algorithm 1; Jin et al. 2020 (arXiv:1907.11932), Algorithm 1; Li et al. 2019
 * (arXiv:1812.05271), Algorithm 3, where the largest fall counts.
 */
export const greedyByImportance = ({ ranking, asks }: GreedyOptions): SearchRule => ({
  ...{ id: 'greedy-by-importance', version: 1, settings: { ...ranking.settings, asks } },
  *run(tools) {
    if (!mayEditMore(tools)) return 'nothing-to-change';
    const order = yield* ranking.rank(tools);
    if (order === undefined) return 'out-of-queries';
    let hadCandidates = false;
    for (const index of order) {
      if (!mayEditMore(tools)) return 'failed';
      const tried = yield* tryWord(tools, { index, asks });
      if (tried.status !== undefined) return tried.status;
      hadCandidates ||= tried.hadCandidates;
    }
    return hadCandidates ? 'failed' : 'nothing-to-change';
  },
});

/** Tries the candidates of one word; with a status when the attack is over. */
function* tryWord(
  tools: Tools,
  { index, asks }: { readonly index: number } & Pick<GreedyOptions, 'asks'>,
): Search<{ readonly hadCandidates: boolean; readonly status?: AttackStatus }> {
  const { progress, goal } = tools;
  const edits = yield* candidatesAt(tools, index);
  if (edits.length === 0) return { hadCandidates: false };
  const { text, row } = progress;
  const stopAt = asks === 'first-flip' ? goal.reached : undefined;
  const rows = yield* tools.rowsOf(edits, { text, row }, stopAt);
  const scores = rows.map(goal.score);
  const flipped = rows.findIndex(goal.reached);
  const best =
    flipped < 0
      ? lowestBelow(goal.score(row), scores)
      : asks === 'all-for-largest-fall'
        ? lowestBelow(
            Number.POSITIVE_INFINITY,
            scores.map((score, i) => (goal.reached(rows[i]!) ? score : Number.POSITIVE_INFINITY)),
          )
        : flipped;
  if (best !== undefined) tools.accept(edits[best]!, rows[best]!);
  if (flipped >= 0) return { hadCandidates: true, status: 'success' };
  return { hadCandidates: true, ...(rows.length < edits.length && { status: 'out-of-queries' }) };
}
