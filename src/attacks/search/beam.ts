import type { Edit } from '../../text/edited-text.ts';
import { isEdited } from '../../text/edited-text.ts';
import type { Logits } from '../victim.ts';
import { candidatesAt, mayEditMore } from './candidates.ts';
import { lowestBelow } from './importance.ts';
import type { Search } from './request.ts';
import type { SearchRule } from './search-rule.ts';
import { restore, type State, stateOf } from './state.ts';
import type { Tools } from './tools.ts';

/** Choices of the beam search. */
export interface BeamOptions {
  /** Texts that are kept after each step. 1: greedy over all places. */
  readonly width: number;
}

/** A text of the beam with one more edit. */
interface Next {
  readonly state: State;
  readonly edit: Edit;
  readonly row: Logits;
}

/**
 * Beam search over all places. At each step every candidate at every place that is not edited yet is asked, one query each, in
 * each of the `width` texts kept; the `width` texts of lowest score that are below the text they came from are kept. Where some
 * reach the goal, the one with the lowest score ends the search as `success`. It ends as `failed` when none is lower, or no
 * more changes are allowed; the text of lowest score is left.
 *
 * With width 1 it is the greedy search of CLARE (Li et al. 2021, arXiv:2009.07502, §2.3) as TextAttack runs it. Departures: the
 * paper ranks all actions once, on the clean text; TextAttack goes on where nothing lowers the score.
 */
export const beam = ({ width }: BeamOptions): SearchRule => ({
  ...{ id: 'beam', version: 1, settings: { width } },
  *run(tools) {
    if (!mayEditMore(tools)) return 'nothing-to-change';
    const { goal } = tools;
    let kept: readonly State[] = [stateOf(tools)];
    for (let step = 0; ; step++) {
      const { next, isWhole } = yield* grow(tools, kept);
      const scores = next.map(({ row }) => goal.score(row));
      const flips = next.map(({ row }, i) => (goal.reached(row) ? scores[i]! : Number.POSITIVE_INFINITY));
      const flipped = lowestBelow(Number.POSITIVE_INFINITY, flips);
      if (flipped !== undefined) {
        take(tools, next[flipped]!);
        return 'success';
      }
      const lower = next
        .map((one, i) => ({ one, score: scores[i]! }))
        .filter(({ one, score }) => score < goal.score(one.state.row))
        .sort((a, b) => a.score - b.score)
        .slice(0, width);
      const states = lower.map(({ one }) => {
        take(tools, one);
        return stateOf(tools);
      });
      restore(tools, states[0] ?? kept[0]!);
      if (!isWhole) return 'out-of-queries';
      if (states.length === 0) return step === 0 && next.length === 0 ? 'nothing-to-change' : 'failed';
      kept = states;
    }
  },
});

/** All texts of the beam with one more edit; not whole where the query budget ended before. */
function* grow(
  tools: Tools,
  kept: readonly State[],
): Search<{ readonly next: readonly Next[]; readonly isWhole: boolean }> {
  const next: Next[] = [];
  for (const state of kept) {
    restore(tools, state);
    if (!mayEditMore(tools)) continue;
    const edits: Edit[] = [];
    for (let index = 0; index < tools.progress.words; index++) {
      const own = yield* candidatesAt(tools, index);
      edits.push(...own.filter((edit) => !isEdited(state.text, edit)));
    }
    const rows = yield* tools.rowsOf(edits, state);
    next.push(...rows.map((row, i) => ({ state, edit: edits[i]!, row })));
    if (rows.length < edits.length) return { next, isWhole: false };
  }
  return { next, isWhole: true };
}

function take(tools: Tools, { state, edit, row }: Next): void {
  restore(tools, state);
  tools.accept(edit, row);
}
