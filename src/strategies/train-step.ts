import type { Tensor } from '../base/tensor.ts';
import type { Value } from '../graph/value.ts';
import type { Architecture, Weights } from '../models/architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import type { Dropout } from '../nn/dropout.ts';
import type { TokenPlaces } from '../nn/packing.ts';
import type { ParameterStore } from '../optim/parameter-store.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import type { ClassificationLoss, LossOptions } from './classification-loss.ts';
import type { BatchValues, TrainBatch } from './train-batch.ts';

/** Numbers a step reports; `loss` is what is minimised. */
export interface StepMetrics {
  readonly loss: number;
  /** Cross-entropy on the clean texts (Eq. 7); of FreeLB, which trains on perturbed ones alone, the mean over its passes. */
  readonly ce: number;
  /** Regulariser of virtual data augmentation before λ (Eq. 6); 0 without it. */
  readonly reg: number;
  /** The strategy's own term before its weight (SMART's smoothness, R-Drop's divergence …); left out where it has none. */
  readonly ownTerm?: number;
}

/** The training step of a strategy. */
export interface TrainStep {
  /** Told of each optimizer step before its batches, of which this process may take none. */
  begin?(step: number): void;
  /** Adds the batch's gradients to the store's and says what the loss was. */
  take(batch: TrainBatch): Promise<StepMetrics>;
  /** What a strategy remembers from step to step (a teacher's weights), by name; checkpoints hold it. */
  readonly state?: Readonly<Record<string, Tensor<'float32'>>>;
  /** Frees its programs. */
  release(): Promise<void>;
}

/** What a strategy is built from. */
export interface StepSetup {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly numLabels: number;
  /** The weights to train, and where their gradients go. */
  readonly store: ParameterStore;
  readonly runtime: RuntimeOptions;
  readonly seed: number;
  /** Options of the classification loss; plain cross-entropy unless told. */
  readonly loss?: Partial<LossOptions> | undefined;
}

/** What an objective is traced from. */
export interface ObjectiveInputs {
  readonly weights: Weights;
  readonly batch: BatchValues;
  /** Where the batch's tokens are among its padding. */
  readonly places: TokenPlaces;
  /** Embeddings of the batch's tokens, before positions and LayerNorm, `[batch, length, H]`. */
  readonly tokens: Value;
  /** Feeds of the strategy's own, by name. */
  readonly extra: Readonly<Record<string, Value>>;
  readonly dropout: Dropout;
  readonly classificationLoss: ClassificationLoss;
}

/** Scalars of the batch, as {@link StepMetrics}. */
export interface Objective {
  readonly loss: Value;
  readonly ce: Value;
  readonly reg: Value;
  readonly ownTerm?: Value | undefined;
}
