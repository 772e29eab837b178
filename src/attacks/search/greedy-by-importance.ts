import type { AttackStatus } from '../record.ts';
import { candidatesAt, mayEditMore } from './candidates.ts';
import { fallOfScore, type HideBehind, lowestBelow, rankWords } from './importance.ts';
import type { Search } from './request.ts';
import type { SearchRule } from './search-rule.ts';
import type { Tools } from './tools.ts';

/** Choices of the greedy search. */
export interface GreedyOptions {
  /** What hides a word while its importance is measured. */
  readonly hideBehind: HideBehind;
  /** `first-flip`: a word's candidates are asked up to the first that reaches the goal; `all`: all of them, and the first that reached it counts. */
  readonly asks: 'first-flip' | 'all';
}

/**
 * The greedy search of BERT-Attack, TextFooler and DeepWordBug.
 *
 * 1. Each of the n words that the victim reads is hidden in turn, n queries; words are then visited by falling importance,
 *    each once.
 * 2. At each word the candidates are asked one at a time, best first. One that reaches the goal ends as `success`; else the
 *    one that lowers the goal's score most, if any does, stays. One query a candidate asked.
 * 3. A candidate that the query budget does not reach: `out-of-queries`. Words or changes allowed used up: `failed`, or
 *    `nothing-to-change` where no word had a candidate; where not one word may change, that is said before step 1.
 *
 * Source: Li et al. 2020 (arXiv:2004.09984), Algorithm 1; Jin et al. 2020 (arXiv:1907.11932), Algorithm 1.
 */
export const greedyByImportance = (options: GreedyOptions): SearchRule => ({
  ...{ id: 'greedy-by-importance', version: 1, settings: { ...options } },
  *run(tools) {
    const { progress } = tools;
    if (!mayEditMore(tools)) return 'nothing-to-change';
    const { hideBehind } = options;
    const order = yield* rankWords(tools, { words: progress.words, hideBehind, importance: fallOfScore });
    if (order === undefined) return 'out-of-queries';
    let hadCandidates = false;
    for (const index of order) {
      if (!mayEditMore(tools)) return 'failed';
      const tried = yield* tryWord(tools, { index, options });
      if (tried.status !== undefined) return tried.status;
      hadCandidates ||= tried.hadCandidates;
    }
    return hadCandidates ? 'failed' : 'nothing-to-change';
  },
});

/** Tries the candidates of one word; with a status when the attack is over. */
function* tryWord(
  tools: Tools,
  { index, options }: { readonly index: number; readonly options: GreedyOptions },
): Search<{ readonly hadCandidates: boolean; readonly status?: AttackStatus }> {
  const { progress, goal } = tools;
  const edits = yield* candidatesAt(tools, index);
  if (edits.length === 0) return { hadCandidates: false };
  const { text, row } = progress;
  const stopAt = options.asks === 'first-flip' ? goal.reached : undefined;
  const rows = yield* tools.rowsOf(edits, { text, row }, stopAt);
  const flipped = rows.findIndex(goal.reached);
  const best = flipped >= 0 ? flipped : lowestBelow(goal.score(row), rows.map(goal.score));
  if (best !== undefined) tools.accept(edits[best]!, rows[best]!);
  if (flipped >= 0) return { hadCandidates: true, status: 'success' };
  return { hadCandidates: true, ...(rows.length < edits.length && { status: 'out-of-queries' }) };
}
