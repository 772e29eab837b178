import { z } from 'zod';
import { vdaRules } from '../strategies/vda/options.ts';
import { path } from './data.ts';
import { choice, number, option } from './spec.ts';
import { strategySummaries } from './strategies.ts';

/**
 * Ways to train; `--vda` adds virtual data augmentation to any of them.
 * `vda` is short for `standard` with `--vda`.
 */
export const strategyChoices = {
  ...strategySummaries,
  vda: 'short for standard with --vda (Zhou et al. 2021)',
} as const;

/** How candidates of the masked language model become a weighting of embeddings (Zhou et al. 2021, Eq. 4). */
export const mixtures = {
  logit: 'softmax((log p + noise) / T) over the top K: what the prose of the paper describes',
  paper: 'softmax(p + noise) over the whole vocabulary: Eq. 4 to the letter, close to uniform',
  official: 'softmax(z / sum(z) + noise) over the whole vocabulary: the published code',
  mean: 'the mean embedding everywhere: a control without language model and noise',
  argmax: 'the likeliest candidate alone (Table 4)',
  sample: 'one candidate drawn by its probability (Table 4)',
} as const;

/** Distances between the predictions on the original and on the virtual text. */
export const consistencies = {
  skl: 'symmetric Kullback-Leibler divergence, the sum of both directions (Eq. 6)',
  ce: 'cross-entropy of the virtual prediction with the label (CEVDA in Table 4)',
} as const;

/** Where virtual embeddings take their rows from. */
export const embeddingTables = {
  target: 'the classifier, whose table is being trained (the published code)',
  mlm: 'the masked language model, which is frozen (the text of the paper)',
} as const;

/** Which of the masked language model's guesses may be mixed. */
export const candidateFilters = {
  none: 'all of them, as in the paper',
  related: "words that the default attack's filters let stand in: related in WordNet, no antonyms (English)",
} as const;

/** How closely an attack follows published code. */

/** Numbers of the method, for every command that trains with it. */
export const vdaDefaults = { lambda: 1, noiseStd: 1, topK: 32, temperature: 1, numVirtual: 1 } as const;

const group = 'Virtual data augmentation';

export const strategyOption = option(choice(strategyChoices).default('standard'), {
  description: 'How to train; vda list strategies says what each one is.',
  group: 'Strategy',
  knownAs: ['method'],
});

/** Options that mean something only with virtual data augmentation. */
export const vdaOptions = {
  mixture: option(choice(mixtures).default('logit'), {
    description: 'How candidates are mixed (Eq. 4); vda list mixtures says what each one is.',
    group,
  }),
  noiseStd: option(number(vdaRules.noiseStd).default(vdaDefaults.noiseStd), {
    description:
      'Standard deviation of the Gaussian noise on each candidate (Eq. 3); 0 for none. The paper uses 0.05 and less on probabilities; the default is for log-probabilities.',
    group,
    value: 'SIGMA',
    knownAs: ['variance', 'noise', 'sigma', 'noise-variance'],
  }),
  temperature: option(number(vdaRules.temperature).default(vdaDefaults.temperature), {
    description:
      'Divides log-probability plus noise in mixture logit; above 1 is flatter. Not in the paper, where it would be 1.',
    group,
    value: 'T',
    knownAs: ['tau'],
  }),
  numVirtual: option(number(vdaRules.numVirtual).default(vdaDefaults.numVirtual), {
    description: 'Virtual texts for each training text (k). The paper uses 1; its Fig. 3 is best near 3.',
    group,
    knownAs: ['k', 'num-samples', 'sample-num', 'num-augmentations'],
  }),
  lambda: option(number(vdaRules.lambda).default(vdaDefaults.lambda), {
    description: 'Weight of the consistency loss (Eq. 1). The paper mostly uses 1.0.',
    group,
    knownAs: ['reg-weight', 'vda-weight', 'consistency-weight'],
  }),
  topK: option(number(vdaRules.topK).default(vdaDefaults.topK), {
    description:
      'Candidates kept for each position. The paper keeps the whole vocabulary, as mixtures paper and official still do.',
    group,
    unit: 'candidates',
  }),
  mlm: option(path().optional(), {
    description:
      'Masked language model that proposes candidates; same vocabulary as --model. By default --model itself, as in the paper.',
    group,
    value: 'MODEL',
    knownAs: ['mlm-model', 'mlm-path'],
  }),
  candidatesDir: option(path().optional(), {
    description:
      "Folder where the masked language model's candidates are kept for other runs on the same texts, and found. By default they lie in --output-dir.",
    group,
    value: 'DIR',
    knownAs: ['cache-dir', 'candidates-cache'],
  }),
  consistency: option(choice(consistencies).default('skl'), {
    description:
      'Distance between the original and the virtual prediction: skl (Eq. 6) or ce, cross-entropy with the label.',
    group,
  }),
  excludeOriginal: option(z.boolean().default(false), {
    description: 'Leave the original piece out of its candidates. Not in the paper.',
    group,
  }),
  candidateFilter: option(choice(candidateFilters).default('none'), {
    description:
      'Which candidates count: none filters nothing; related keeps words that mean about the same, never the original. Not in the paper.',
    group,
  }),
  interpolation: option(number(vdaRules.interpolation).default(0), {
    description: 'Weight of the original embedding in the virtual one; 0 is the paper (Eq. 5).',
    group,
    value: 'WEIGHT',
  }),
  mixSpecialTokens: option(z.boolean().default(false), {
    description: 'Mix [CLS], [SEP] and padding as well, as the published code does.',
    group,
  }),
  embeddingTable: option(choice(embeddingTables).default('target'), {
    description: 'Whose embeddings are mixed: target, as the published code, or mlm, as the paper says.',
    group,
  }),
  cleanGradient: option(z.boolean().default(true), {
    description:
      'Let the gradient of the consistency loss flow through the original prediction too, as the published code does.',
    group,
  }),
};

export const vda = option(z.boolean().default(false), {
  description: 'Add virtual data augmentation to the strategy.',
  group: 'Strategy',
});

/** What `--strategy` and `--vda` together ask for. */
export function strategyOf(options: {
  readonly strategy: keyof typeof strategyChoices;
  readonly vda: boolean;
}): {
  readonly base: Exclude<keyof typeof strategyChoices, 'vda'>;
  readonly vda: boolean;
} {
  return options.strategy === 'vda'
    ? { base: 'standard', vda: true }
    : { base: options.strategy, vda: options.vda };
}
