import { asksMaskedLm, isReadBy, needsCandidates, type VdaOptions } from '../strategies/vda/options.ts';

type Chosen = Pick<VdaOptions, 'mixture' | 'embeddingTable' | 'candidateFilter'>;

/** Options of VDA that only some mixtures read. */
const isRead: Readonly<Record<string, (chosen: Chosen) => boolean>> = {
  ...isReadBy,
  candidatesDir: ({ mixture }) => needsCandidates(mixture),
  mlm: asksMaskedLm,
};

/** The options of VDA that the chosen mixture has no use for. */
export const unreadByMixture = (chosen: Chosen): readonly string[] =>
  Object.keys(isRead).filter((key) => !isRead[key]!(chosen));
