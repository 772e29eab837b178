import { optionTable, type SettingsOf, withDefaults } from '../../base/option-table.ts';
import type { SettingRule, SettingRules } from '../../base/setting-rules.ts';
import { hullSettings } from './hull-options.ts';

/**
 * What each mixture reads: of the masked LM's prediction (Eq. 2) its candidates, all of it, or one token; or a word's substitutes
 * from lexica, whose embeddings span its hull.
 */
export const readsOf = {
  logit: 'candidates',
  paper: 'vocabulary',
  official: 'vocabulary',
  mean: 'nothing',
  argmax: 'one token',
  sample: 'one token',
  adversarial: 'substitutes',
  random: 'substitutes',
  rarest: 'substitutes',
  centre: 'substitutes',
} as const satisfies Record<string, 'candidates' | 'vocabulary' | 'one token' | 'nothing' | 'substitutes'>;

/** Name of a mixture (`--mixture`): how the substitution probabilities become mixture weights, mixture-weights.ts; of substitutes, hull-weights.ts. */
export type Mixture = keyof typeof readsOf;
/** Every mixture by name. */
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
      adversarial:
        'the substitutes that a gradient step finds worst, in the words where they do most (not in the paper)',
      random: 'substitutes drawn at random, as many as adversarial: its control without a gradient',
      rarest: 'the substitute rarest in the training texts: another control without a gradient',
      centre: 'the mean of a word and its substitutes, the centre of their hull: a control without a vertex',
    } satisfies Record<Mixture, string>,
    description:
      'How candidates are mixed (Eq. 4), or substitutes from lexica; vda list mixtures says what each one is.',
  },
  noiseStd: {
    kind: 'number',
    default: 1,
    min: 0,
    description:
      'Standard deviation of the Gaussian noise on each candidate (Eq. 3); 0 for none. The paper mostly takes 0.1 (a variance of 1e-2) and its code 0.05, on probabilities; the default is for log-probabilities.',
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
      'Candidates kept for each position, or substitutes for each word. The paper keeps the whole vocabulary, as mixtures paper and official still do.',
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
  ...hullSettings,
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
  /** Where mixtures of substitutes take them from, each as `parseCandidateSource` reads it; WordNet unless told. */
  readonly candidateSources?: readonly string[] | undefined;
};

/** What {@link VdaOptions} may be, at the command line and in programs. */
export const vdaRules = {
  ...vdaSettings,
  officialCode: { kind: 'flag' },
  candidateSources: { kind: 'texts', optional: true },
} as const satisfies SettingRules & Record<keyof VdaOptions, SettingRule>;

/** Mixtures that weigh tokens, so that noise may be added (Eq. 3). */
export const weighs = (mixture: Mixture): boolean =>
  readsOf[mixture] === 'candidates' || readsOf[mixture] === 'vocabulary';

/** Mixtures that run the masked LM inside each step, over the whole vocabulary. */
export const needsMaskedLmLogits = (mixture: Mixture): boolean => readsOf[mixture] === 'vocabulary';

/** Mixtures of a word's substitutes. */
export type SubstituteMixture = {
  [M in Mixture]: (typeof readsOf)[M] extends 'substitutes' ? M : never;
}[Mixture];

/** Whether a mixture reads substitutes of words in place of a masked LM's prediction. */
export const mixesSubstitutes = (mixture: Mixture): boolean => readsOf[mixture] === 'substitutes';

/** Where substitutes come from unless told: what ships with vda. */
export const defaultCandidateSources = ['wordnet'] as const;

/** The settings of mixtures of substitutes, those left out at their defaults. */
export const substituteSettings = (options: VdaOptions): SettingsOf<Table> =>
  withDefaults(vdaSettings, options);

/** Whether all weight is on one token at each position: a vertex of the hull. */
export const takesVertices = (options: VdaOptions): boolean => {
  const { mixture, hullTemperature, dirichletAlpha } = substituteSettings(options);
  if (mixture === 'adversarial') return hullTemperature === 0;
  return mixture === 'rarest' || (mixture === 'random' && dirichletAlpha === 0);
};

type Chosen = Pick<
  VdaOptions,
  | 'mixture'
  | 'embeddingTable'
  | 'candidateFilter'
  | 'hullTemperature'
  | 'mixAllPositions'
  | 'candidateSources'
>;

/** Whether the masked LM's top candidates of each training text are needed: by mixtures of them, and of substitutes where it is a source. */
export const needsCandidates = ({
  mixture,
  candidateSources = [],
}: Pick<VdaOptions, 'mixture' | 'candidateSources'>): boolean =>
  mixesCandidates(mixture) || (mixesSubstitutes(mixture) && candidateSources.includes('mlm'));

/** Mixtures of the masked LM's top candidates. */
const mixesCandidates = (mixture: Mixture): boolean =>
  readsOf[mixture] === 'candidates' || readsOf[mixture] === 'one token';

/** Whether the masked LM's embedding table is mixed, not the classifier's. */
export const mixesMaskedLmTable = ({
  mixture,
  embeddingTable,
}: Pick<VdaOptions, 'mixture' | 'embeddingTable'>): boolean =>
  embeddingTable === 'mlm' && !mixesSubstitutes(mixture);

/** Whether a mixture asks a masked language model: all do but the mean of the classifier's own table, and substitutes from lexica. */
export const asksMaskedLm = (chosen: Chosen): boolean =>
  needsCandidates(chosen) || needsMaskedLmLogits(chosen.mixture) || mixesMaskedLmTable(chosen);

const movesWeights = ({ mixture, hullTemperature = 0 }: Chosen): boolean =>
  mixture === 'adversarial' && hullTemperature > 0;

/** Settings that only some mixtures read. */
export const isReadBy: Readonly<Partial<Record<keyof VdaOptions, (chosen: Chosen) => boolean>>> = {
  noiseStd: ({ mixture }) => weighs(mixture),
  temperature: ({ mixture }) => mixture === 'logit',
  // The likeliest of all is the likeliest of K; the filter looks through more candidates where K is large.
  topK: ({ mixture, candidateFilter }) =>
    mixesSubstitutes(mixture) ||
    (mixesCandidates(mixture) && (mixture !== 'argmax' || candidateFilter === 'related')),
  excludeOriginal: ({ mixture }) => mixesCandidates(mixture),
  candidateFilter: needsCandidates,
  interpolation: ({ mixture }) => !mixesSubstitutes(mixture),
  mixSpecialTokens: ({ mixture }) => !mixesSubstitutes(mixture),
  embeddingTable: ({ mixture }) => !mixesSubstitutes(mixture),
  candidateSources: ({ mixture }) => mixesSubstitutes(mixture),
  secondOrder: ({ mixture }) => mixesSubstitutes(mixture),
  virtualBudget: ({ mixture, mixAllPositions = false }) => mixesSubstitutes(mixture) && !mixAllPositions,
  mixAllPositions: ({ mixture }) => mixesSubstitutes(mixture),
  ascentSteps: ({ mixture }) => mixture === 'adversarial',
  startRate: ({ mixture }) => mixture === 'adversarial',
  hullTemperature: ({ mixture }) => mixture === 'adversarial',
  sparsity: movesWeights,
  dirichletAlpha: ({ mixture }) => mixture === 'random',
};
