import { VdaError } from '../../base/error.ts';
import { checkedCandidates, checkedLosses, checkedMasks, WrongAnswer } from '../check-answers.ts';
import type { MaskedLanguageModel, PieceCandidates, WordCandidates } from '../masked-lm.ts';
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

/** Candidates at masks; one call for each K that is asked, and each distinct text of a call once. */
export const maskedCandidatesService = (maskedLm: MaskedLanguageModel): Service<'maskedCandidates'> => ({
  answer: async (items) => {
    if (maskedLm.maskedCandidates === undefined) {
      throw new WrongAnswer(
        'The recipe masks words, and this masked language model has no maskedCandidates; expected one that has, as createMaskedLm gives.',
      );
    }
    const keyOf = ({ input, topK }: (typeof items)[number]) =>
      JSON.stringify([topK, input.context, ...input.words]);
    const answers = new Map<string, PieceCandidates>();
    for (const topK of new Set(items.map((item) => item.topK))) {
      const own = new Map(items.flatMap((item) => (item.topK === topK ? [[keyOf(item), item]] : [])));
      const asked = Array.from(own.values(), ({ input }) => input);
      const found = checkedMasks(await maskedLm.maskedCandidates(asked, { topK }), asked);
      for (const [i, key] of [...own.keys()].entries()) answers.set(key, found[i]!);
    }
    return items.map((item) => answers.get(keyOf(item))!);
  },
  cost: ({ input }) => input.words.length,
});

/** Losses of token sequences. */
export const maskedLmLossService = (maskedLm: MaskedLanguageModel): Service<'maskedLmLoss'> => ({
  answer: async (sequences) => checkedLosses(await maskedLm.loss(sequences), sequences.length),
  cost: () => 1,
});

/** Texts whose losses are remembered. */
const mostRemembered = 50_000;

/** Losses of texts; each distinct text of a call is asked once, those remembered not at all. */
export function textLossService(maskedLm: MaskedLanguageModel): Service<'textLoss'> {
  const remembered = new Map<string, number>();
  return {
    answer: async (texts) => {
      if (maskedLm.textLoss === undefined) {
        throw new VdaError(
          'usage',
          'A constraint asks the masked language model for textLoss, which it has not.',
        );
      }
      const missing = [...new Set(texts)].filter((text) => !remembered.has(text));
      const known = new Map(texts.map((text) => [text, remembered.get(text)]));
      if (missing.length > 0) {
        const losses = checkedLosses(await maskedLm.textLoss(missing), missing.length);
        if (remembered.size + missing.length > mostRemembered) remembered.clear();
        missing.forEach((text, i) => {
          known.set(text, losses[i]!);
          remembered.set(text, losses[i]!);
        });
      }
      return texts.map((text) => known.get(text)!);
    },
    cost: (text) => text.length,
  };
}
