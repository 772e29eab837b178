import type { EncodedExamples, EpochTexts } from '../augmentation/epoch-texts.ts';
import { int64Tensor } from '../base/tensor.ts';
import { planBatches } from '../data/batching.ts';

import type { TrainBatch } from '../strategies/train-batch.ts';
import { padEncodings } from '../text/pad-encodings.ts';

export interface BatchOptions {
  readonly seed: number;
  readonly shuffle: boolean;
  readonly perDeviceTrainBatchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly padId: number;
  /** Pad every text to this length; to the batch's longest unless told. */
  readonly padTo?: number | undefined;
}

export interface StepPlan {
  readonly stepsPerEpoch: number;
  /** Batches of optimizer step `step` (from 0, over all epochs). */
  batchesOf(step: number): Promise<readonly TrainBatch[]>;
}

/**
 * Plans optimizer steps. A step's examples are planned as one batch and then cut into up to `gradientAccumulationSteps`, so
 * that 8 batches of 1 train as 1 of 8 does. They depend on (seed, step) alone, so a run can go on anywhere.
 */
export function planSteps(texts: EpochTexts, options: BatchOptions): StepPlan {
  const {
    seed,
    shuffle,
    perDeviceTrainBatchSize: batchSize,
    gradientAccumulationSteps: accumulation,
  } = options;
  const stepSize = batchSize * accumulation;
  const stepsPerEpoch = Math.ceil(texts.size / stepSize);
  let planned:
    | { readonly epoch: number; readonly texts: EncodedExamples; readonly steps: readonly number[][] }
    | undefined;

  return {
    stepsPerEpoch,
    batchesOf: async (step) => {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (planned?.epoch !== epoch) {
        const own = await texts.of(epoch, { isStart: step % stepsPerEpoch === 0 });
        const lengths = own.encodings.map(({ ids }) => ids.length);
        const steps = planBatches(lengths, { batchSize: stepSize, seed, epoch, shuffle });
        planned = { epoch, texts: own, steps };
      }
      const { examples, encodings } = planned.texts;
      const chosen = planned.steps[step % stepsPerEpoch]!;
      const batches = Array.from({ length: Math.ceil(chosen.length / batchSize) }, (_, i) =>
        chosen.slice(i * batchSize, (i + 1) * batchSize),
      );
      const stepLabels = chosen.map((i) => examples[i]!.label);
      return batches.map((batch) => ({
        ...padEncodings(
          batch.map((i) => encodings[i]!),
          { padId: options.padId, ...(options.padTo === undefined ? {} : { length: options.padTo }) },
        ),
        labels: int64Tensor(
          [batch.length],
          batch.map((i) => examples[i]!.label),
        ),
        exampleIds: batch.map((i) => examples[i]!.id),
        stepLabels,
        weight: batch.length / chosen.length,
        epoch,
        step,
      }));
    },
  };
}
