import type { Tensor } from '../base/tensor.ts';
import type { ModelConfig } from '../checkpoints/config.ts';
import type { Value, ValueType } from '../graph/value.ts';
import type { Architecture, Weights } from '../models/architecture.ts';
import type { Dropout } from '../nn/dropout.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';

/** A training batch as the model reads it; ids, typeIds, attentionMask int64 `[batch, length]`, labels int64 `[batch]`. */
export interface TrainBatch {
  readonly ids: Tensor;
  readonly typeIds: Tensor;
  readonly attentionMask: Tensor;
  readonly labels: Tensor;
  /** `Example.id` of each row. */
  readonly exampleIds: readonly number[];
  /** This batch's share of the whole step's examples: below 1 when gradients accumulate over several batches. */
  readonly share: number;
  readonly epoch: number;
  /** Optimizer step, from 0. */
  readonly step: number;
}

/** Types of the tensors every strategy's program takes for a batch. */
export const batchSpecs = {
  ids: { dtype: 'int64', shape: ['batch', 'length'] },
  typeIds: { dtype: 'int64', shape: ['batch', 'length'] },
  attentionMask: { dtype: 'int64', shape: ['batch', 'length'] },
  labels: { dtype: 'int64', shape: ['batch'] },
  share: { dtype: 'float32', shape: [] },
} as const satisfies Record<string, ValueType>;

/** The batch while tracing. */
export type BatchValues = Readonly<Record<keyof typeof batchSpecs, Value>>;

/** Numbers a step reports; `loss` is what is minimised. */
export interface StepMetrics {
  readonly loss: number;
  /** Cross-entropy on the clean texts (Eq. 7). */
  readonly ce: number;
  /** Regulariser before λ (Eq. 6); 0 where a strategy has none. */
  readonly reg: number;
}

/** Adds the batch's gradients to the store's and says what the loss was. */
export type TrainStep = (batch: TrainBatch) => Promise<StepMetrics>;

/** Parameters with buffers that gradients accumulate in, by checkpoint name. */
export interface TrainableParameters {
  readonly weights: Readonly<Record<string, Tensor<'float32'>>>;
  readonly gradients: Readonly<Record<string, Tensor<'float32'>>>;
}

/** What a strategy is built from. */
export interface StrategySetup {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly numLabels: number;
  readonly parameters: TrainableParameters;
  readonly runtime: RuntimeOptions;
  readonly seed: number;
}

/** What an objective is traced from. */
export interface ObjectiveInputs {
  readonly weights: Weights;
  readonly batch: BatchValues;
  /** Feeds of the method's own, by name. */
  readonly extra: Readonly<Record<string, Value>>;
  readonly dropout: Dropout;
}

/** Scalars of the batch. */
export interface Objective {
  readonly loss: Value;
  readonly ce: Value;
  readonly reg: Value;
}
