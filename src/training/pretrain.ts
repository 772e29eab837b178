import { VdaError } from '../base/error.ts';
import { permutation, randomKey, randomStream } from '../base/random.ts';
import { int64Tensor, tensor } from '../base/tensor.ts';
import type { ModelConfig } from '../checkpoints/config.ts';
import type { Architecture } from '../models/architecture.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { compileStep } from '../strategies/compile-step.ts';
import { maskedLmObjective, maskedLmSpecs } from '../strategies/masked-lm.ts';
import type { TrainBatch } from '../strategies/strategy.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { MlmCorpus } from './mlm-corpus.ts';
import { type MaskedBatch, maskSequences } from './mlm-masking.ts';
import { type OptimizationOptions, update } from './optimization.ts';
import type { TrainableModel } from './parameters.ts';

export interface PretrainOptions extends OptimizationOptions {
  /** Share of tokens to guess. */
  readonly mlmProbability: number;
  /** Sequences in an optimizer step. */
  readonly batchSize: number;
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

/**
 * Masked-LM training, from `fromStep` to the end: yields after each step. Sequences are visited in a new order each
 * epoch; everything random is keyed by (seed, epoch, sequence, step), so going on from a checkpoint gives the same run.
 * With a time limit the learning rate follows the step at which, at the pace so far, time will be over.
 * @throws VdaError `diverged` when the loss or a gradient stops being finite
 */
export async function* pretrain(p: {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly model: TrainableModel;
  readonly corpus: MlmCorpus;
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
    options,
    runtime,
    fromStep = 0,
    timeSpent = () => 0,
  } = p;
  const { batchSize, totalSteps, seed, mlmProbability } = options;
  const masked = createMasker({
    corpus,
    tokenizer,
    probability: mlmProbability,
    key: randomKey(seed, 'mlm-mask'),
  });
  let feeds: MaskedBatch | undefined;
  const takeStep = await compileStep({
    ...{ architecture, config, numLabels: 0, parameters: model.parameters, runtime, seed },
    objective: (inputs) => maskedLmObjective({ architecture, config }, inputs),
    extraSpecs: maskedLmSpecs,
    extraFeeds: () => ({ positions: feeds!.positions, targets: feeds!.targets }),
  });

  const perEpoch = Math.floor(corpus.sequences / batchSize);
  if (perEpoch === 0) {
    throw new VdaError(
      'bad-input',
      `The texts give ${corpus.sequences} sequences of ${corpus.length} tokens, fewer than one batch of ${batchSize}. Give more text, or a smaller batch or sequence length.`,
    );
  }
  let order: { readonly epoch: number; readonly sequences: Uint32Array } | undefined;
  for (let step = fromStep; step < totalSteps; step++) {
    const epoch = Math.floor(step / perEpoch);
    if (order?.epoch !== epoch) {
      const stream = randomStream(randomKey(seed, 'mlm-order'), { a: epoch });
      order = { epoch, sequences: permutation(corpus.sequences, stream) };
    }
    const start = (step % perEpoch) * batchSize;
    const sequences = [...order.sequences.subarray(start, start + batchSize)];
    feeds = masked(sequences, epoch);
    const { loss } = await takeStep(toTrainBatch(feeds, { sequences, epoch, step }));
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
}

const createMasker =
  (p: Omit<Parameters<typeof maskSequences>[1], 'sequences' | 'epoch'> & { readonly corpus: MlmCorpus }) =>
  (sequences: readonly number[], epoch: number): MaskedBatch =>
    maskSequences(p.corpus, { ...p, sequences, epoch });

/** Packed sequences have no padding and one token type. */
function toTrainBatch(
  { ids }: MaskedBatch,
  p: { readonly sequences: readonly number[]; readonly epoch: number; readonly step: number },
): TrainBatch {
  const size = ids.data.length;
  return {
    ids,
    typeIds: tensor('int64', ids.shape, new BigInt64Array(size)),
    attentionMask: tensor('int64', ids.shape, new BigInt64Array(size).fill(1n)),
    labels: int64Tensor([0], []),
    exampleIds: p.sequences,
    share: 1,
    epoch: p.epoch,
    step: p.step,
  };
}
