import { asksMaskedLm, isReadBy, needsCandidates } from '../strategies/vda/options.ts';

type Chosen = Parameters<typeof asksMaskedLm>[0];

/** Options of VDA that only some mixtures read. */
const isRead: Readonly<Record<string, (chosen: Chosen) => boolean>> = {
  ...isReadBy,
  candidatesDir: needsCandidates,
  mlm: asksMaskedLm,
};

/** The options of VDA that the chosen mixture has no use for. */
export const unreadByMixture = (chosen: Chosen): readonly string[] =>
  Object.keys(isRead).filter((key) => !isRead[key]!(chosen));
