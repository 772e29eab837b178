import type { z } from 'zod';
import { maxSeqLength, maxTrainSamples, padToMaxLength } from './data.ts';
import { unreadByMixture } from './mixture-options.ts';
import { choice, option } from './spec.ts';
import { officialChoicesOf, officialStrategyOptions } from './strategies.ts';
import { evaluationOptions, optimizationOptions, shuffle } from './training.ts';
import { strategyOf, strategyOption, type vda, vdaOptions } from './vda.ts';

/** Presets of `vda train`: defaults of its other options. */
export const trainPresets = {
  default: "vda's own: the method as described, with the paper's equation in logit space",
  paper: 'what the text of the VDA paper says; where it does not say, as by default',
  official: 'the published VDA code with its departures from the paper',
  quick: 'a first look in minutes: few texts, cut short, few epochs; for no table',
  robust: 'what held best against words that training had not seen; a step costs as much as three plain ones',
} as const;

export const trainPreset = option(choice(trainPresets).default('default'), {
  description:
    'Change the defaults of other options: to those of the VDA paper (paper), of its published code (official), to what gives a first look in minutes (quick), or to what held best against attacks (robust). What you set yourself stays. The run prints what was set.',
  group: 'Strategy',
  knownAs: ['fidelity'],
});

/** The options that presets may set. */
const settable = {
  maxTrainSamples,
  maxSeqLength,
  padToMaxLength,
  shuffle,
  ...vdaOptions,
  ...optimizationOptions,
  ...evaluationOptions,
  strategy: strategyOption,
};
type Settable = z.ZodObject<typeof settable>;
/** Of FreeLB, whose options are made from a table. */
type OfFreelb = Record<'freelbSteps' | 'freelbInitMagnitude' | 'freelbStepSize' | 'freelbMaxNorm', number>;
type Settings = Partial<z.input<Settable> & OfFreelb>;

/** What lines are told of: the resolved options of a training. */
type Training = z.output<Settable> &
  Partial<OfFreelb> & {
    readonly preset: keyof typeof trainPresets;
    readonly vda: z.output<typeof vda>;
    readonly validationFile?: string | undefined;
    readonly dataset?: string | undefined;
  };

/** One decision of a preset. */
interface Decision {
  /** Options it sets; none where it is behaviour that `officialCode` turns on. */
  readonly sets?: Settings;
  readonly says: string;
  /** Where the paper says it. */
  readonly source?: string;
  /** Whether the training has a use for it, beside reading the options that are set. */
  readonly when?: (training: Training) => boolean;
}

const withVda = (training: Training): boolean => strategyOf(training).vda;
const unsaid = 'the paper does not say: ours';

/**
 * Zhou et al. 2021, to the letter. The base methods keep the settings of their own papers, as §5.1.4 has it, and their
 * defaults here are those; SMART is without its Bregman term (§5.1.2) by default.
 */
const paper: readonly Decision[] = [
  {
    sets: { mixture: 'paper' },
    says: 'mixture softmax(p + noise) over the whole vocabulary, at each step (no cache)',
    source: 'Eq. 2 and 4',
  },
  {
    // The text gives a variance; the published code takes its 0.05 for a standard deviation.
    sets: { noiseStd: 0.1 },
    says: 'noise of standard deviation 0.1, a variance of 1e-2',
    source: '§5.1.4, "mostly"; Fig. 3 is best at a variance near 0.05',
  },
  {
    sets: { mixSpecialTokens: true },
    says: 'all positions are mixed: [CLS], [SEP] and padding too',
    source: '§4.1, "each position"; Algorithm 1, "all tokens"',
  },
  {
    sets: { embeddingTable: 'mlm' },
    says: "the masked language model's embedding table is mixed",
    source: 'Eq. 5',
  },
  { sets: { interpolation: 0 }, says: 'nothing is left of the original embedding', source: 'Eq. 5' },
  { sets: { consistency: 'skl' }, says: 'the regulariser sums both directions of the KL', source: 'Eq. 6' },
  {
    sets: { cleanGradient: true },
    says: 'the gradient of the regulariser flows through both predictions',
    source: 'Eq. 6 stops none',
  },
  { sets: { numVirtual: 1 }, says: 'one virtual text for each', source: '§5.1.4' },
  { sets: { lambda: 1 }, says: 'lambda 1', source: '§5.1.4, "mostly"' },
  { sets: { learningRate: 1e-5 }, says: 'learning rate 1e-5', source: '§5.1.4' },
  { sets: { warmupRatio: 0.05 }, says: '5 % warm-up', source: '§5.1.4' },
  { sets: { lrSchedulerType: 'linear' }, says: 'the learning rate falls in a straight line', source: unsaid },
  { sets: { numTrainEpochs: 3 }, says: '3 epochs', source: unsaid },
  { sets: { perDeviceTrainBatchSize: 16 }, says: 'batches of 16 texts', source: unsaid },
  {
    sets: { weightDecay: 0.01, maxGradNorm: 1 },
    says: 'weight decay 0.01, gradients clipped to norm 1',
    source: unsaid,
  },
  { sets: { maxSeqLength: 128 }, says: 'texts are cut at 128 pieces', source: unsaid },
];

/** The research code published with the paper. λ is not set: its effective weight depends on the number of classes, which the strategy knows. */
const official: readonly Decision[] = [
  { sets: { padToMaxLength: true }, says: 'every text is padded to the maximum length' },
  { sets: { shuffle: false }, says: 'the training texts are visited in file order, unshuffled' },
  {
    sets: { mixture: 'official' },
    says: 'mixture softmax(z / sum z + noise) over the whole vocabulary, from raw logits, at each step (no cache)',
  },
  {
    sets: { noiseStd: 0.05 }, // its "variance" multiplies a standard normal
    says: 'noise of standard deviation 0.05 (its option is called variance)',
  },
  { sets: { mixSpecialTokens: true }, says: 'all positions are mixed: [CLS], [SEP] and padding too' },
  {
    sets: { embeddingTable: 'target' },
    says: "the classifier's own trainable embedding table is mixed",
  },
  {
    says: 'the regulariser halves each direction of the KL and averages over labels: in effect lambda x 0.5 / labels',
    when: (training) => withVda(training) && training.consistency === 'skl',
  },
  { says: 'no classifier dropout on virtual texts', when: withVda },
  { says: 'AdamW decays every parameter, biases and LayerNorm too' },
  { sets: { weightDecay: 0.01, adamEpsilon: 1e-8 }, says: 'weight decay 0.01, epsilon of Adam 1e-8' },
  { sets: { maxGradNorm: 0 }, says: 'no gradient clipping' },
  {
    sets: { lrSchedulerType: 'cosine_with_restarts' },
    says: 'cosine schedule with hard restarts (one cycle)',
  },
  { sets: { warmupRatio: 0.05 }, says: '5 % warm-up' },
  { sets: { learningRate: 1e-5 }, says: 'learning rate 1e-5' },
  { sets: { numTrainEpochs: 10 }, says: '10 epochs' }, // pairs: up to 30
  {
    sets: { loadBestModelAtEnd: true },
    says: 'the best epoch by accuracy on the validation texts is kept',
  },
];

/** Enough to see that a file is read rightly and that a model learns; its figures stand for nothing else. */
const quick: readonly Decision[] = [
  { sets: { maxTrainSamples: 2000 }, says: '2000 of the training texts, drawn', source: 'ours' },
  { sets: { maxSeqLength: 64 }, says: 'texts are cut at 64 pieces', source: 'ours: a sentence or two' },
  { sets: { numTrainEpochs: 2 }, says: '2 epochs', source: 'the least of Devlin et al. 2019, appendix A.3' },
  {
    sets: { learningRate: 5e-5 },
    says: 'learning rate 5e-5, for the steps are few',
    source: 'the largest of Devlin et al. 2019, appendix A.3',
  },
];

/** What the rule of docs/preregistration.md chose among the trainings that have run. */
const robust: readonly Decision[] = [
  {
    sets: { strategy: 'freelb' },
    says: 'FreeLB, which perturbs embeddings along their gradient and knows no lexicon',
    source: 'Zhu et al. 2020; chosen by measurement',
  },
  { sets: { freelbSteps: 3 }, says: '3 ascent steps', source: 'chosen by measurement' },
  {
    sets: { freelbInitMagnitude: 0.05, freelbStepSize: 0.1, freelbMaxNorm: 0 },
    says: 'start 0.05, step 0.1, no bound',
    source: "the start of TextDefender's code",
  },
];

const decisions: Readonly<Record<keyof typeof trainPresets, readonly Decision[]>> = {
  default: [],
  paper,
  official,
  quick,
  robust,
};

const settingsOf = (name: keyof typeof trainPresets): Settings =>
  Object.assign({}, ...decisions[name].map(({ sets }) => sets));

/** What each preset sets; it gives way to the configuration file and to flags. */
export const trainPresetValues: Readonly<Record<string, Settings>> = {
  paper: settingsOf('paper'),
  official: { ...settingsOf('official'), ...officialStrategyOptions },
  quick: settingsOf('quick'),
  robust: settingsOf('robust'),
};

/** Whether a training reads an option that presets set; those that are not named, always. */
const isRead: Readonly<Partial<Record<keyof Settings, (training: Training) => boolean>>> = {
  ...Object.fromEntries(
    Object.keys(vdaOptions).map((key) => [
      key,
      (training: Training) => withVda(training) && !unreadByMixture(training).includes(key),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(settingsOf('robust'))
      .filter((key) => key !== 'strategy')
      .map((key) => [key, ({ strategy }: Training) => strategy === 'freelb']),
  ),
  warmupRatio: ({ lrSchedulerType, warmupSteps }) =>
    lrSchedulerType !== 'constant' && warmupSteps === undefined,
  numTrainEpochs: ({ maxSteps }) => maxSteps === undefined,
  loadBestModelAtEnd: ({ validationFile, dataset, evalStrategy, metricForBestModel }) =>
    (validationFile ?? dataset) !== undefined &&
    evalStrategy === 'epoch' &&
    metricForBestModel === 'accuracy',
};

/**
 * What the chosen preset comes to, a line each with where the paper says it, for people; what was set otherwise beside
 * the preset, and what the training has no use for, is left out.
 */
export function presetLines(training: Training): readonly string[] {
  const { preset } = training;
  const ownLines = decisions[preset]
    .filter(({ sets = {}, when }) => (when?.(training) ?? true) && isInForce(sets, training))
    .map(({ says, source }) => (source === undefined ? says : `${says} (${source})`));
  const ofStrategy = preset === 'official' ? officialChoicesOf(strategyOf(training).base) : [];
  return [...ownLines, ...ofStrategy].map((line) => `${preset}: ${line}`);
}

const isInForce = (sets: Settings, training: Training): boolean =>
  (Object.keys(sets) as (keyof Settings)[]).every(
    (key) => training[key] === sets[key] && (isRead[key]?.(training) ?? true),
  );
