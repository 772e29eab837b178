import { int64Tensor } from '../base/tensor.ts';
import { planBatches } from '../data/batching.ts';
import type { Example } from '../data/dataset.ts';
import type { TrainBatch } from '../strategies/strategy.ts';
import { padEncodings } from '../text/pad-encodings.ts';
import type { Encoding, Tokenizer } from '../text/tokenizer.ts';

/** Examples with what the model reads of them. */
export interface EncodedExamples {
  readonly examples: readonly Example[];
  readonly encodings: readonly Encoding[];
  /** How many texts were cut to the maximum length. */
  readonly truncated: number;
}

/** Tokenises examples, cut to `maxLength` tokens. */
export function encodeExamples(
  examples: readonly Example[],
  { tokenizer, maxLength }: { readonly tokenizer: Tokenizer; readonly maxLength: number },
): EncodedExamples {
  const encodings = examples.map(({ text, textPair }) =>
    tokenizer.encode(text, { maxLength, ...(textPair === undefined ? {} : { pair: textPair }) }),
  );
  return { examples, encodings, truncated: encodings.filter(({ truncated }) => truncated).length };
}

export interface BatchOptions {
  readonly seed: number;
  readonly shuffle: boolean;
  readonly perDeviceTrainBatchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly padId: number;
  /** Pad every text to this length; to the batch's longest unless told. */
  readonly padTo?: number | undefined;
}

/** The steps of an epoch, each a list of batches of indices into the examples. */
export interface StepPlan {
  readonly stepsPerEpoch: number;
  /** Batches of optimizer step `step` (from 0, over all epochs). */
  batchesOf(step: number): readonly TrainBatch[];
}

/**
 * Plans optimizer steps: each epoch's batches in order, `gradientAccumulationSteps` to a step, the last step of an epoch
 * with what is left. A step's batches depend on (seed, step) alone, so a run can go on anywhere.
 */
export function planSteps({ examples, encodings }: EncodedExamples, options: BatchOptions): StepPlan {
  const {
    seed,
    shuffle,
    perDeviceTrainBatchSize: batchSize,
    gradientAccumulationSteps: accumulation,
  } = options;
  const lengths = encodings.map(({ ids }) => ids.length);
  const stepsPerEpoch = Math.ceil(Math.ceil(examples.length / batchSize) / accumulation);
  let planned: { readonly epoch: number; readonly batches: readonly number[][] } | undefined;

  return {
    stepsPerEpoch,
    batchesOf: (step) => {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (planned?.epoch !== epoch)
        planned = { epoch, batches: planBatches(lengths, { batchSize, seed, epoch, shuffle }) };
      const start = (step % stepsPerEpoch) * accumulation;
      const chosen = planned.batches.slice(start, start + accumulation);
      const total = chosen.reduce((sum, batch) => sum + batch.length, 0);
      return chosen.map((batch) => ({
        ...padEncodings(
          batch.map((i) => encodings[i]!),
          { padId: options.padId, ...(options.padTo === undefined ? {} : { length: options.padTo }) },
        ),
        labels: int64Tensor(
          [batch.length],
          batch.map((i) => examples[i]!.label),
        ),
        exampleIds: batch.map((i) => examples[i]!.id),
        share: batch.length / total,
        epoch,
        step,
      }));
    },
  };
}
