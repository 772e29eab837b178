import type { SettingRules } from '../../base/setting-rules.ts';

/** How the substitution probabilities become mixture weights; see `mixtureOf` in vda-mixtures.ts. */
export const mixtures = ['logit', 'paper', 'official', 'mean', 'argmax', 'sample'] as const;
export type Mixture = (typeof mixtures)[number];

/** One more with each change of what a training with VDA comes to. */
export const vdaVersion = 2; // 1: draws of the `sample` mixture changed with the number of virtual texts

export interface VdaOptions {
  readonly mixture: Mixture;
  /** σ of the Gaussian noise (Eq. 3), a standard deviation; 0 for none. */
  readonly noiseStd: number;
  /** T of the `logit` mixture, softmax((log p + ε)/T). */
  readonly temperature: number;
  /** K, candidates kept of the masked LM's prediction at each position. */
  readonly topK: number;
  /** k, virtual samples of each text (Eq. 6). */
  readonly numVirtual: number;
  /** λ (Eq. 1). */
  readonly lambda: number;
  /** Symmetric KL (Eq. 6), or cross-entropy on the virtual text (CEVDA, Table 4). */
  readonly consistency: 'skl' | 'ce';
  /** Leave the original token out of its own candidates. */
  readonly excludeOriginal: boolean;
  /** Which candidates count: all, or only substitutes that keep the meaning (related-candidates.ts). All unless told. */
  readonly candidateFilter?: 'none' | 'related' | undefined;
  /** Weight of the original embedding in the virtual one, in [0, 1]. */
  readonly interpolation: number;
  /** Mix special tokens and padding too, as the published code does. */
  readonly mixSpecialTokens: boolean;
  /** Whose embeddings are mixed: the model's being trained (published code) or the masked LM's (paper, Eq. 5). */
  readonly embeddingTable: 'target' | 'mlm';
  /** Let the regulariser's gradient flow through the clean prediction too. */
  readonly cleanGradient: boolean;
  /**
   * As the published code: each direction of the divergence halved and averaged over labels (λ is in effect 0.5/C of
   * the paper's), and no classifier dropout on virtual texts.
   */
  readonly officialCode: boolean;
}

/** What {@link VdaOptions} may be, at the command line and in programs. */
export const vdaRules = {
  mixture: { kind: 'choice', choices: mixtures },
  noiseStd: { kind: 'number', min: 0 },
  temperature: { kind: 'number', above: 0 },
  topK: { kind: 'integer', min: 1 },
  numVirtual: { kind: 'integer', min: 1 },
  lambda: { kind: 'number', min: 0 },
  consistency: { kind: 'choice', choices: ['skl', 'ce'] },
  excludeOriginal: { kind: 'flag' },
  candidateFilter: { kind: 'choice', choices: ['none', 'related'], optional: true },
  interpolation: { kind: 'number', min: 0, max: 1 },
  mixSpecialTokens: { kind: 'flag' },
  embeddingTable: { kind: 'choice', choices: ['target', 'mlm'] },
  cleanGradient: { kind: 'flag' },
  officialCode: { kind: 'flag' },
} as const satisfies SettingRules & Record<keyof VdaOptions, unknown>;

/** Mixtures that need the masked LM's top candidates of each training text. */
export const needsCandidates = (mixture: Mixture): boolean =>
  mixture === 'logit' || mixture === 'argmax' || mixture === 'sample';

/** Mixtures that run the masked LM inside each step, over the whole vocabulary. */
export const needsMaskedLmLogits = (mixture: Mixture): boolean =>
  mixture === 'paper' || mixture === 'official';

/** Whether a mixture asks a masked language model: all do but the mean of the classifier's own table. */
export const asksMaskedLm = ({
  mixture,
  embeddingTable,
}: Pick<VdaOptions, 'mixture' | 'embeddingTable'>): boolean => mixture !== 'mean' || embeddingTable === 'mlm';
