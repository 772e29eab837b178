import { asksMaskedLm, needsCandidates, type VdaOptions } from '../strategies/vda/options.ts';

type Chosen = Pick<VdaOptions, 'mixture' | 'embeddingTable' | 'candidateFilter'>;

/** Options of VDA that only some mixtures read. */
const isRead: Readonly<Record<string, (chosen: Chosen) => boolean>> = {
  noiseStd: ({ mixture }) => ['logit', 'paper', 'official'].includes(mixture),
  temperature: ({ mixture }) => mixture === 'logit',
  // The likeliest of all is the likeliest of K; the filter looks through more candidates where K is large.
  topK: ({ mixture, candidateFilter }) =>
    needsCandidates(mixture) && (mixture !== 'argmax' || candidateFilter === 'related'),
  excludeOriginal: ({ mixture }) => needsCandidates(mixture),
  candidateFilter: ({ mixture }) => needsCandidates(mixture),
  candidatesDir: ({ mixture }) => needsCandidates(mixture),
  mlm: asksMaskedLm,
};

/** The options of VDA that the chosen mixture has no use for. */
export const unreadByMixture = (chosen: Chosen): readonly string[] =>
  Object.keys(isRead).filter((key) => !isRead[key]!(chosen));
