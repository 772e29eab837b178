import type { Tensor } from '../base/tensor.ts';
import type { Value, ValueType } from '../graph/value.ts';

/** A training batch as the model reads it; ids, typeIds, attentionMask int64 `[batch, length]`, labels int64 `[batch]`. */
export interface TrainBatch {
  readonly ids: Tensor;
  readonly typeIds: Tensor;
  readonly attentionMask: Tensor;
  readonly labels: Tensor;
  /** `Example.id` of each row. */
  readonly exampleIds: readonly number[];
  /** Weight of this batch in its step, its part of the step's examples: below 1 when gradients accumulate over several batches. */
  readonly weight: number;
  /** Labels of all examples of the step, those of its other batches too. */
  readonly stepLabels: readonly number[];
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
  weight: { dtype: 'float32', shape: [] },
} as const satisfies Record<string, ValueType>;

/** The batch while tracing. */
export type BatchValues = Readonly<Record<keyof typeof batchSpecs, Value>>;
