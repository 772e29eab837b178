import { permutation, type RandomStream, randomKey, randomStream } from '../../base/random.ts';
import type { AttackStatus } from '../record.ts';
import { candidatesAt, mayEditMore } from './candidates.ts';
import type { Search } from './request.ts';
import type { SearchRule } from './search-rule.ts';
import { restore, stateOf } from './state.ts';
import type { Tools } from './tools.ts';

/** Choices of the random search. */
export interface RandomOptions {
  /** Walks from the clean text, each with orders of its own. */
  readonly restarts: number;
}

/**
 * Random search, the control: what is left of an attack when nothing ranks words or candidates.
 *
 * 1. Words are visited in a drawn order, each once.
 * 2. At each the candidates are asked in a drawn order, one query each, up to the first that lowers the goal's score; it stays.
 *    One that reaches the goal ends as `success`.
 * 3. When words or changes allowed are used up, the walk begins again from the clean text, `restarts` walks in all. The text of
 *    the walk that came lowest is left, the first of equals.
 *
 * Of a victim that answers decisions alone nothing is lower until it flips: there the first candidate drawn stays at each word, one
 * query a word.
 *
 * Orders are drawn for (example, walk), whatever else is attacked: word order first, then that of each word's candidates.
 */
export const randomRestarts = ({ restarts }: RandomOptions): SearchRule => ({
  ...{ id: 'random-restarts', version: 1, settings: { restarts }, decisionsSuffice: true },
  *run(tools) {
    const { progress, goal, example } = tools;
    if (!mayEditMore(tools)) return 'nothing-to-change';
    const clean = stateOf(tools);
    let lowest = clean;
    let hadCandidates = false;
    for (let walk = 0; walk < restarts; walk++) {
      restore(tools, clean);
      const walked = yield* walkOnce(tools, randomStream(key, { a: example.id, b: walk }));
      if (walked.status !== undefined) return walked.status;
      hadCandidates ||= walked.hadCandidates;
      if (goal.score(progress.row) < goal.score(lowest.row)) lowest = stateOf(tools);
    }
    restore(tools, lowest);
    return hadCandidates ? 'failed' : 'nothing-to-change';
  },
});

const key = randomKey(0, 'random attack');

/** One walk over the words; with a status when the attack is over. */
function* walkOnce(
  tools: Tools,
  stream: RandomStream,
): Search<{ readonly hadCandidates: boolean; readonly status?: AttackStatus }> {
  const { progress, goal } = tools;
  const isBlind = tools.victim.answers === 'decisions';
  let hadCandidates = false;
  for (const index of permutation(progress.words, stream)) {
    if (!mayEditMore(tools)) break;
    const edits = yield* candidatesAt(tools, index);
    if (edits.length === 0) continue;
    hadCandidates = true;
    const order = Array.from(permutation(edits.length, stream), (at) => edits[at]!);
    const drawn = isBlind ? order.slice(0, 1) : order;
    const { text, row } = progress;
    const before = goal.score(row);
    const helps = (asked: typeof row) => isBlind || goal.reached(asked) || goal.score(asked) < before;
    const rows = yield* tools.rowsOf(drawn, { text, row }, helps);
    const last = rows.at(-1);
    if (last !== undefined && helps(last)) {
      tools.accept(drawn[rows.length - 1]!, last);
      if (goal.reached(last)) return { hadCandidates, status: 'success' };
    } else if (rows.length < drawn.length) {
      return { hadCandidates, status: 'out-of-queries' };
    }
  }
  return { hadCandidates };
}
