import { checkSettings, hasMethods, requireArgument } from '../../base/setting-rules.ts';
import type { Edit } from '../../text/edited-text.ts';
import { sentenceSimilarities } from '../constraints/sentence-similarity.ts';
import type { AttackStatus } from '../record.ts';
import type { Logits } from '../victim.ts';
import { candidatesAt, changeOf, mayEditMore } from './candidates.ts';
import { lowestBelow, type Ranking } from './importance.ts';
import type { Search } from './request.ts';
import type { SearchRule } from './search-rule.ts';
import type { Tools } from './tools.ts';

const waysToAsk = ['first-flip', 'all', 'all-for-largest-fall', 'all-for-most-similar'] as const;

/** Choices of the greedy search. */
export interface GreedyOptions {
  readonly ranking: Ranking;
  /**
   * `first-flip`: a word's candidates are asked up to the first that reaches the goal. `all`: all of them are, and the first that
   * reached it counts. `all-for-largest-fall`: all of them are, and of those that reached it the one with the largest fall counts.
   * `all-for-most-similar`: the one whose text the sentence encoder finds most like the original.
   */
  readonly asks: (typeof waysToAsk)[number];
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
 * @throws VdaError `usage` for what is no ranking, and another way to ask
 */
export function greedyByImportance({ ranking, asks }: GreedyOptions): SearchRule {
  const owner = 'greedyByImportance';
  requireArgument(hasMethods(ranking, ['rank']), {
    ...{ owner, name: 'ranking', got: ranking },
    expected: "a ranking, as hiding('unk') gives",
  });
  checkSettings(owner, { asks }, { rules: { asks: { kind: 'choice', choices: waysToAsk } } });
  return {
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
  };
}

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
  const flipped = rows.flatMap((asked, i) => (goal.reached(asked) ? [i] : []));
  const best =
    flipped.length > 0
      ? yield* choose(tools, { asks, flips: flipped.map((i) => ({ i, edit: edits[i]!, row: rows[i]! })) })
      : lowestBelow(goal.score(row), rows.map(goal.score));
  if (best !== undefined) tools.accept(edits[best]!, rows[best]!);
  if (flipped.length > 0) return { hadCandidates: true, status: 'success' };
  return { hadCandidates: true, ...(rows.length < edits.length && { status: 'out-of-queries' }) };
}

/** The candidate that counts, of those that reach the goal. */
function* choose(
  tools: Tools,
  p: Pick<GreedyOptions, 'asks'> & {
    readonly flips: readonly { readonly i: number; readonly edit: Edit; readonly row: Logits }[];
  },
): Search<number> {
  const { asks, flips } = p;
  const [first] = flips;
  if (flips.length === 1 || asks === 'first-flip' || asks === 'all') return first!.i;
  if (asks === 'all-for-largest-fall') {
    const scores = flips.map(({ row }) => tools.goal.score(row));
    return flips[lowestBelow(Number.POSITIVE_INFINITY, scores)!]!.i;
  }
  const { recipe, progress } = tools;
  const changes = flips.map(({ edit }) => changeOf(edit, { text: progress.text, coreOf: recipe.coreOf }));
  const similarities = yield* sentenceSimilarities(changes, { measure: 'cosine', window: similarityWindow });
  return flips[
    lowestBelow(
      Number.POSITIVE_INFINITY,
      similarities.map((value) => -value),
    )!
  ]!.i;
}

/** Words around the edit that are compared. Source: the published code of Jin et al. 2020. */
const similarityWindow = 15;
