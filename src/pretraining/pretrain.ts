import { VdaError } from '../base/error.ts';
import { permutation, randomKey, randomStream } from '../base/random.ts';
import { int64Tensor, tensor } from '../base/tensor.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import { type OptimizationOptions, update } from '../optim/optimization.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { compilePass } from '../strategies/compile-step.ts';
import type { TrainBatch } from '../strategies/train-batch.ts';
import type { TrainableModel } from '../strategies/trainable-model.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { type Distillation, maskedLmObjective, maskedLmSpecs } from './masked-lm.ts';
import type { MlmCorpus } from './mlm-corpus.ts';
import { cutMasked, type MaskedBatch, maskStep } from './mlm-masking.ts';

export interface PretrainOptions extends OptimizationOptions {
  /** Fraction of the tokens that are masked. */
  readonly mlmProbability: number;
  /** Sequences run at once. */
  readonly perDeviceTrainBatchSize: number;
  /** Runs in an optimizer step. */
  readonly gradientAccumulationSteps: number;
  readonly totalSteps: number;
  readonly seed: number;
}

export interface PretrainReport {
  /** Steps done, this one included. */
  readonly step: number;
  readonly loss: number;
  readonly lr: number;
  readonly gradNorm: number;
}

/** Sequences in an optimizer step. */
export const stepSize = ({
  perDeviceTrainBatchSize,
  gradientAccumulationSteps,
}: Pick<PretrainOptions, 'perDeviceTrainBatchSize' | 'gradientAccumulationSteps'>): number =>
  perDeviceTrainBatchSize * gradientAccumulationSteps;

/**
 * Masked-LM training, from `fromStep` to the end: yields after each step. Sequences are visited in a new order each
 * epoch; everything random is keyed by (seed, epoch, sequence, step), so going on from a checkpoint gives the same run, and
 * 8 batches of 1 that accumulate gradients train as 1 of 8 does: each is weighted by how many of the step's masked tokens it has.
 * With a time limit the learning rate follows the step at which, at the pace so far, time will be over.
 * @throws VdaError `diverged` when the loss or a gradient stops being finite
 */
export async function* pretrain(p: {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly model: TrainableModel;
  readonly corpus: MlmCorpus;
  /** What is learnt from a teacher beside; nothing unless told. */
  readonly distillation?: Distillation | undefined;
  readonly options: PretrainOptions;
  readonly runtime: RuntimeOptions;
  readonly fromStep?: number;
  /** How much of a time limit is over, 0 to 1; at 1 training ends. Without it, all steps are done. */
  readonly timeSpent?: () => number;
}): AsyncGenerator<PretrainReport> {
  const {
    architecture,
    config,
    tokenizer,
    model,
    corpus,
    distillation,
    options,
    runtime,
    fromStep = 0,
    timeSpent = () => 0,
  } = p;
  const { totalSteps, seed, mlmProbability: probability, perDeviceTrainBatchSize: rows } = options;
  const key = randomKey(seed, 'mlm-mask');
  const size = stepSize(options);
  const perEpoch = Math.floor(corpus.sequences / size);
  if (perEpoch === 0) {
    throw new VdaError(
      'bad-input',
      `The texts give ${corpus.sequences} sequences of ${corpus.length} tokens, fewer than the ${size} of one step. Give more text, or a smaller batch or sequence length.`,
    );
  }
  const pass = await compilePass({
    architecture,
    config,
    numLabels: 0,
    store: model.store,
    runtime,
    seed,
    objective: (inputs) => maskedLmObjective({ architecture, config, distillation }, inputs),
    extraSpecs: maskedLmSpecs,
  });

  let order: { readonly epoch: number; readonly sequences: Uint32Array } | undefined;
  try {
    for (let step = fromStep; step < totalSteps; step++) {
      const epoch = Math.floor(step / perEpoch);
      if (order?.epoch !== epoch) {
        const stream = randomStream(randomKey(seed, 'mlm-order'), { a: epoch });
        order = { epoch, sequences: permutation(corpus.sequences, stream) };
      }
      const start = (step % perEpoch) * size;
      const sequences = [...order.sequences.subarray(start, start + size)];
      const masked = maskStep(corpus, { sequences, probability, key, epoch, tokenizer });
      let loss = 0;
      for (const [i, part] of cutMasked(masked, rows).entries()) {
        const weight = part.targets.data.length / masked.targets.data.length;
        if (weight === 0) continue; // a mean over nothing
        const own = sequences.slice(i * rows, (i + 1) * rows);
        const batch = toTrainBatch(part, { sequences: own, weight, epoch, step });
        const { positions, targets } = part;
        const { metrics } = await pass.run(batch, { feeds: { positions, targets } });
        loss += weight * metrics.loss;
      }
      if (!Number.isFinite(loss)) {
        throw new VdaError('diverged', `The masked-LM loss became ${loss} at step ${step + 1}.`);
      }
      const spent = timeSpent();
      const reached = Math.max(step + 1, Math.round(fromStep + (step - fromStep + 1) / spent));
      const lastStep = spent > 0 ? Math.min(totalSteps, reached) : totalSteps;
      const { lr, gradNorm } = update(model.store, { options, step, totalSteps: lastStep });
      yield { step: step + 1, loss, lr, gradNorm };
      if (spent >= 1) return;
    }
  } finally {
    await pass.release();
  }
}

/** Packed sequences have no padding and one token type. */
function toTrainBatch(
  { ids }: MaskedBatch,
  p: { readonly sequences: readonly number[] } & Pick<TrainBatch, 'weight' | 'epoch' | 'step'>,
): TrainBatch {
  const size = ids.data.length;
  return {
    ids,
    typeIds: tensor('int64', ids.shape, new BigInt64Array(size)),
    attentionMask: tensor('int64', ids.shape, new BigInt64Array(size).fill(1n)),
    labels: int64Tensor([0], []),
    exampleIds: p.sequences,
    stepLabels: [],
    weight: p.weight,
    epoch: p.epoch,
    step: p.step,
  };
}
