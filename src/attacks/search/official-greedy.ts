import { withEdit } from '../../text/edited-text.ts';
import { candidatesAt, mayEditMore } from './candidates.ts';
import { fallAndRise, lowestBelow, rankWords } from './importance.ts';
import type { SearchRule } from './search-rule.ts';

/**
 * The search of the published code of BERT-Attack, with its slips: the last word is counted as a query but never scored, so
 * never attacked; importance also counts the rise of a new class; where no candidate helps, the last one tried stays in the
 * text, uncounted, and goes on being asked about.
 *
 * Source: the published code as modified for the tables of Zhou et al. 2021, described, not copied.
 */
export const officialGreedy: SearchRule = {
  ...{ id: 'official-greedy', version: 1 },
  *run(tools) {
    const { progress, goal } = tools;
    if (!mayEditMore(tools)) return 'nothing-to-change';
    const words = progress.words - 1;
    const order = yield* rankWords(tools, { words, hideBehind: 'unk', importance: fallAndRise });
    if (order === undefined) return 'out-of-queries';
    progress.queries += Math.min(1, tools.queriesLeft());
    if (order.length === 0) return 'nothing-to-change';
    let hadCandidates = false;
    let score = goal.score(progress.row);
    for (const index of order) {
      if (!mayEditMore(tools)) return 'failed';
      const edits = yield* candidatesAt(tools, index);
      if (edits.length === 0) continue;
      hadCandidates = true;
      const { text, row } = progress;
      const rows = yield* tools.rowsOf(edits, { text, row }, goal.reached);
      const last = rows.length - 1;
      const flipped = last >= 0 && goal.reached(rows[last]!);
      const best = flipped ? last : lowestBelow(score, rows.map(goal.score));
      if (best !== undefined) {
        const now = goal.score(rows[best]!);
        tools.accept(edits[best]!, rows[best]!);
        progress.gains.set(edits[best]!, score - now); // not from the text: the last tried may stand in it
        score = now;
      } else if (last >= 0) {
        progress.text = withEdit(text, edits[last]!);
        progress.row = rows[last]!;
      }
      if (flipped) return 'success';
      if (rows.length < edits.length) return 'out-of-queries';
    }
    return hadCandidates ? 'failed' : 'nothing-to-change';
  },
};
