import type { Tensor } from '../../base/tensor.ts';
import type { Architecture } from '../../models/architecture.ts';
import type { ModelConfig } from '../../models/config.ts';

/**
 * The masked LM's K best tokens at each position of one training text (Eq. 2), `[T, K]` row-major, best first; where there
 * are fewer, `noCandidate` follows.
 */
export interface TokenCandidates {
  readonly ids: Int32Array;
  readonly logProbabilities: Float32Array;
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
  /** Tokens that are never mixed unless told (`mixSpecialTokens`). */
  readonly specialIds: ReadonlySet<number>;
}
