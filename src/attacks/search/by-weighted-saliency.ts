import { mayEditMore } from './candidates.ts';
import type { SearchRule } from './search-rule.ts';
import { weighWords } from './weighted-saliency.ts';

/**
 * The search of PWWS. Each word's best candidate is found once, on the clean text, and the words are ordered by weighted
 * saliency; then the candidates are put in one after another, one query each, until the goal is reached. Candidates that lower
 * the score of the clean text by nothing are left out.
 *
 * Source: Ren et al. 2019 (ACL 2019, P19-1103), Algorithm 1. Departure: the paper puts in useless candidates too, at the end.
 */
export const byWeightedSaliency: SearchRule = {
  ...{ id: 'by-weighted-saliency', version: 1 },
  *run(tools) {
    const { progress, goal } = tools;
    if (!mayEditMore(tools)) return 'nothing-to-change';
    const weighed = yield* weighWords(tools);
    if (weighed === undefined) return 'out-of-queries';
    for (const { best, weight } of weighed) {
      if (weight <= 0 || !mayEditMore(tools)) break;
      const { text, row } = progress;
      const [next] = yield* tools.rowsOf([best], { text, row });
      if (next === undefined) return 'out-of-queries';
      tools.accept(best, next);
      if (goal.reached(next)) return 'success';
    }
    return weighed.length > 0 ? 'failed' : 'nothing-to-change';
  },
};
