import { optionTable, type SettingsOf } from '../../base/option-table.ts';
import type { SettingRule, SettingRules } from '../../base/setting-rules.ts';

/** What each mixture reads of the masked LM's prediction (Eq. 2). */
export const readsOf = {
  logit: 'candidates',
  paper: 'vocabulary',
  official: 'vocabulary',
  mean: 'nothing',
  argmax: 'one token',
  sample: 'one token',
} as const satisfies Record<string, 'candidates' | 'vocabulary' | 'one token' | 'nothing'>;

/** How the substitution probabilities become mixture weights; see mixture-weights.ts. */
export type Mixture = keyof typeof readsOf;
export const mixtures = Object.keys(readsOf) as readonly Mixture[];

/** One more with each change of what a training with VDA comes to. */
export const vdaVersion = 2; // 1: draws of the `sample` mixture changed with the number of virtual texts

/**
 * Options of VDA, all that is to be said of each. Flags, help, checks and the identity of a training follow from here. One that
 * comes later is `optional` for programs, and `isYounger`, so that earlier checkpoints go on.
 */
export const vdaSettings = optionTable({
  mixture: {
    kind: 'choice',
    default: 'logit',
    choices: {
      logit: 'softmax((log p + noise) / T) over the top K: what the prose of the paper describes',
      paper: 'softmax(p + noise) over the whole vocabulary: Eq. 4 to the letter, close to uniform',
      official: 'softmax(z / sum(z) + noise) over the whole vocabulary: the published code',
      mean: 'the mean embedding everywhere: a control without language model and noise',
      argmax: 'the likeliest candidate alone (Table 4)',
      sample: 'one candidate drawn by its probability (Table 4)',
    } satisfies Record<Mixture, string>,
    description: 'How candidates are mixed (Eq. 4); vda list mixtures says what each one is.',
  },
  noiseStd: {
    kind: 'number',
    default: 1,
    min: 0,
    description:
      'Standard deviation of the Gaussian noise on each candidate (Eq. 3); 0 for none. The paper uses 0.05 and less on probabilities; the default is for log-probabilities.',
    value: 'SIGMA',
    knownAs: ['variance', 'noise', 'sigma', 'noise-variance'],
  },
  temperature: {
    kind: 'number',
    default: 1,
    above: 0,
    description:
      'Divides log-probability plus noise in mixture logit; above 1 is flatter. Not in the paper, where it would be 1.',
    value: 'T',
    knownAs: ['tau'],
  },
  numVirtual: {
    kind: 'integer',
    default: 1,
    min: 1,
    description: 'Virtual texts for each training text (k). The paper uses 1; its Fig. 3 is best near 3.',
    knownAs: ['k', 'num-samples', 'sample-num', 'num-augmentations'],
  },
  lambda: {
    kind: 'number',
    default: 1,
    min: 0,
    description: 'Weight of the consistency loss (Eq. 1). The paper mostly uses 1.0.',
    knownAs: ['reg-weight', 'vda-weight', 'consistency-weight'],
  },
  topK: {
    kind: 'integer',
    default: 32,
    min: 1,
    description:
      'Candidates kept for each position. The paper keeps the whole vocabulary, as mixtures paper and official still do.',
    unit: 'candidates',
  },
  consistency: {
    kind: 'choice',
    default: 'skl',
    choices: {
      skl: 'symmetric Kullback-Leibler divergence, the sum of both directions (Eq. 6)',
      ce: 'cross-entropy of the virtual prediction with the label (CEVDA in Table 4)',
    },
    description:
      'Distance between the original and the virtual prediction: skl (Eq. 6) or ce, cross-entropy with the label.',
  },
  excludeOriginal: {
    kind: 'flag',
    default: false,
    description: 'Leave the original piece out of its candidates. Not in the paper.',
  },
  candidateFilter: {
    kind: 'choice',
    default: 'none',
    optional: true,
    choices: {
      none: 'all of them, as in the paper',
      related:
        "words that the default attack's filters let stand in: related in WordNet, no antonyms (English)",
    },
    description:
      'Which candidates count: none filters nothing; related keeps words that mean about the same, never the original. Not in the paper.',
  },
  interpolation: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    description: 'Weight of the original embedding in the virtual one; 0 is the paper (Eq. 5).',
    value: 'WEIGHT',
  },
  mixSpecialTokens: {
    kind: 'flag',
    default: false,
    description: 'Mix [CLS], [SEP] and padding as well, as the published code does.',
  },
  embeddingTable: {
    kind: 'choice',
    default: 'target',
    choices: {
      target: 'the classifier, whose table is being trained (the published code)',
      mlm: 'the masked language model, which is frozen (the text of the paper)',
    },
    description: 'Whose embeddings are mixed: target, as the published code, or mlm, as the paper says.',
  },
  cleanGradient: {
    kind: 'flag',
    default: true,
    description:
      'Let the gradient of the consistency loss flow through the original prediction too, as the published code does.',
  },
});

type Table = typeof vdaSettings;
type Settings = SettingsOf<Table>;
type OptionalName = {
  [K in keyof Table]: Table[K] extends { readonly optional: true } ? K : never;
}[keyof Table];

/** The options of VDA in programs; those that came later may be left out. */
export type VdaOptions = Omit<Settings, OptionalName> & {
  readonly [K in OptionalName]?: Settings[K] | undefined;
} & {
  /**
   * As the published code: each direction of the divergence halved and averaged over labels (λ is in effect 0.5/C of
   * the paper's), and no classifier dropout on virtual texts.
   */
  readonly officialCode: boolean;
};

/** What {@link VdaOptions} may be, at the command line and in programs. */
export const vdaRules = {
  ...vdaSettings,
  officialCode: { kind: 'flag' },
} as const satisfies SettingRules & Record<keyof VdaOptions, SettingRule>;

/** Mixtures that weigh tokens, so that noise may be added (Eq. 3). */
export const weighs = (mixture: Mixture): boolean =>
  readsOf[mixture] === 'candidates' || readsOf[mixture] === 'vocabulary';

/** Mixtures that need the masked LM's top candidates of each training text. */
export const needsCandidates = (mixture: Mixture): boolean =>
  readsOf[mixture] === 'candidates' || readsOf[mixture] === 'one token';

/** Mixtures that run the masked LM inside each step, over the whole vocabulary. */
export const needsMaskedLmLogits = (mixture: Mixture): boolean => readsOf[mixture] === 'vocabulary';

/** Whether a mixture asks a masked language model: all do but the mean of the classifier's own table. */
export const asksMaskedLm = ({
  mixture,
  embeddingTable,
}: Pick<VdaOptions, 'mixture' | 'embeddingTable'>): boolean => mixture !== 'mean' || embeddingTable === 'mlm';

type Chosen = Pick<VdaOptions, 'mixture' | 'embeddingTable' | 'candidateFilter'>;

/** Settings that only some mixtures read. */
export const isReadBy: Readonly<Partial<Record<keyof Settings, (chosen: Chosen) => boolean>>> = {
  noiseStd: ({ mixture }) => weighs(mixture),
  temperature: ({ mixture }) => mixture === 'logit',
  // The likeliest of all is the likeliest of K; the filter looks through more candidates where K is large.
  topK: ({ mixture, candidateFilter }) =>
    needsCandidates(mixture) && (mixture !== 'argmax' || candidateFilter === 'related'),
  excludeOriginal: ({ mixture }) => needsCandidates(mixture),
  candidateFilter: ({ mixture }) => needsCandidates(mixture),
};
