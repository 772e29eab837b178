import type { Tensor } from '../../base/tensor.ts';
import type { Architecture } from '../../models/architecture.ts';
import type { ModelConfig } from '../../models/config.ts';

/**
 * The masked LM's K best tokens at each position of one training text (Eq. 2), `[T, K]` row-major, best first; where there
 * are fewer, `noCandidate` follows.
 */
export interface TokenCandidates {
  readonly ids: Int32Array;
  readonly logProbs: Float32Array;
}

/** The frozen masked LM, for mixtures over the whole vocabulary. */
export interface FrozenMaskedLm {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** What virtual data augmentation reads of the masked language model. */
export interface VdaFeedSources {
  /** Candidates of a training text by `Example.id`; needed by `logit`, `argmax`, `sample`. */
  readonly candidatesOf?: (exampleId: number) => TokenCandidates;
  /** Needed by `paper` and `official`, and for `embeddingTable: 'mlm'`. */
  readonly maskedLm?: FrozenMaskedLm;
  /**
   * Substitutes of each token of a training text, none where it is no whole word; needed by mixtures of substitutes.
   * @param ids its tokens, padding behind them
   */
  readonly substitutesOf?: (exampleId: number, ids: ArrayLike<number>) => readonly ArrayLike<number>[];
  /** How often a token occurs in the training texts; needed by `rarest`. */
  readonly frequencyOf?: (token: number) => number;
  /** Tokens that are never mixed unless told (`mixSpecialTokens`). */
  readonly specialIds: ReadonlySet<number>;
}
