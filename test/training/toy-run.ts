import { parseConfig } from '../../src/models/parse-config.ts';
import { createArenaStore } from '../../src/optim/arena-store.ts';
import type { RunHooks } from '../../src/runs/hooks.ts';
import { identityOf } from '../../src/runs/identity.ts';
import { resumeRun } from '../../src/runs/resume-run.ts';
import type { TrainBatch } from '../../src/strategies/train-batch.ts';
import type { Evaluation, OwnMetric } from '../../src/training/evaluation.ts';
import { runTraining, type TrainingRun } from '../../src/training/run-training.ts';
import type { TrainOptions } from '../../src/training/train-options.ts';
import { tinyConfig } from '../pretrained/tiny-model.ts';

/** Every setting of a run, quiet and short: 4 examples in batches of 2, so 2 steps an epoch. */
export const plainOptions: Omit<TrainOptions, 'outputDir'> = {
  adaExamples: 0,
  seed: 1,
  maxSeqLength: 16,
  padToMaxLength: false,
  shuffle: true,
  numTrainEpochs: 3,
  perDeviceTrainBatchSize: 2,
  gradientAccumulationSteps: 1,
  perDeviceEvalBatchSize: 8,
  evalStrategy: 'no',
  metricForBestModel: 'accuracy',
  loadBestModelAtEnd: false,
  loggingSteps: 1,
  saveStrategy: 'no',
  saveSteps: 1,
  learningRate: 0.1,
  lrSchedulerType: 'linear',
  warmupRatio: 0,
  weightDecay: 0,
  maxGradNorm: 1,
  adamBeta1: 0.9,
  adamBeta2: 0.999,
  adamEpsilon: 1e-8,
};

/** Hooks that show nothing, note what is said, and abort once `stopAfter` steps are done. */
export function quietHooks({ stopAfter = Number.POSITIVE_INFINITY } = {}) {
  const controller = new AbortController();
  const said: string[] = [];
  const hooks: RunHooks = {
    progress: ({ unit }) => ({
      update: (done) => {
        if (unit === 'step' && done >= stopAfter) controller.abort(new Error('stopped by the test'));
      },
      log: (line) => said.push(line),
      finish: () => {},
    }),
    now: () => performance.now(),
    signal: controller.signal,
  };
  return { hooks, said };
}

export interface ToyRun {
  readonly outputDir: string;
  readonly options?: Partial<TrainOptions>;
  /** Validation accuracy after each epoch, in turn. */
  readonly accuracies?: readonly number[];
  /** What else these evaluations found, in turn. */
  readonly also?: readonly Partial<Evaluation>[];
  readonly metric?: OwnMetric;
  readonly stopAfter?: number;
  /** From this step on (counted from 1) the loss is not a number. */
  readonly nanFrom?: number;
  readonly resumeFrom?: string;
  readonly configuration?: string;
  /** Called at the start of a part of the run; a step takes no time unless it does. */
  readonly during?: (part: 'batches' | 'step' | 'evaluation') => void;
  readonly now?: () => number;
}

export const toyConfig = parseConfig(tinyConfig, { path: 'the toy' });

/** One parameter, w = (1, −2). */
export function toyStore() {
  const store = createArenaStore([{ name: 'w', shape: [2], decay: true }]);
  store.write('w', { values: Float32Array.of(1, -2) });
  return store;
}

/** A run without a model: one weight that follows w², two steps an epoch, accuracies as told. */
export async function toyRun(p: ToyRun) {
  const store = toyStore();
  const batch = (step: number) => ({ exampleIds: [0, 1], weight: 1, step, epoch: Math.floor(step / 2) });
  const { hooks, said } = quietHooks(p.stopAfter === undefined ? {} : { stopAfter: p.stopAfter });
  const { outputDir, configuration = 'toy', during = () => {} } = p;
  const identity = identityOf({ run: { id: configuration } });
  let evaluated = 0;
  const run: TrainingRun = {
    options: {
      ...plainOptions,
      evalStrategy: p.accuracies ? 'epoch' : 'no',
      ...p.options,
      outputDir,
    },
    store,
    config: toyConfig,
    tokenizerFiles: { 'vocab.txt': 'a\n' },
    plan: {
      stepsPerEpoch: 2,
      batchesOf: async (step) => {
        during('batches');
        return [batch(step)] as unknown as readonly TrainBatch[];
      },
    },
    trainStep: {
      take: async ({ step }) => {
        during('step');
        const [w, g] = [store.read('w').data, store.read('w', 'gradients').data];
        store.write('w', { part: 'gradients', values: g.map((value, i) => value + 2 * w[i]!) });
        const loss =
          step + 1 >= (p.nanFrom ?? Number.POSITIVE_INFINITY) ? Number.NaN : w[0]! ** 2 + w[1]! ** 2;
        return { loss, ce: loss, reg: 0 };
      },
      release: async () => {},
    },
    identity,
    metric: p.metric,
    hooks: { ...hooks, ...(p.now && { now: p.now }) },
    ...(p.resumeFrom !== undefined && {
      resumed: resumeRun(p.resumeFrom, {
        ...{ outputDir, identity, endsWithBest: p.options?.loadBestModelAtEnd ?? false },
      }),
    }),
    ...(p.accuracies === undefined
      ? {}
      : {
          evaluate: async (): Promise<Evaluation> => {
            during('evaluation');
            const also = p.also?.[evaluated];
            return { accuracy: p.accuracies![evaluated++]!, f1: 0.5, f1Macro: 0.5, loss: 0.5, ...also };
          },
        }),
  };
  const result = await runTraining(run);
  return { result, said, weights: [...store.read('w').data] };
}
