import { checkedCandidates, checkedLosses } from '../check-answers.ts';
import type { MaskedLanguageModel, WordCandidates } from '../masked-lm.ts';
import type { Service } from './service.ts';

/** Candidates of an unmasked pass; one call for each K that is asked. */
export const unmaskedCandidatesService = (maskedLm: MaskedLanguageModel): Service<'unmaskedCandidates'> => ({
  answer: async (items) => {
    const answers = new Map<(typeof items)[number], readonly WordCandidates[]>();
    for (const topK of new Set(items.map((item) => item.topK))) {
      const own = items.filter((item) => item.topK === topK);
      const asked = own.map(({ input }) => input);
      const found = checkedCandidates(await maskedLm.unmaskedCandidates(asked, { topK }), asked);
      for (const [i, item] of own.entries()) answers.set(item, found[i]!);
    }
    return items.map((item) => answers.get(item)!);
  },
  cost: ({ input }) => input.words.length,
});

/** Losses of token sequences. */
export const maskedLmLossService = (maskedLm: MaskedLanguageModel): Service<'maskedLmLoss'> => ({
  answer: async (sequences) => checkedLosses(await maskedLm.loss(sequences), sequences.length),
  cost: () => 1,
});
