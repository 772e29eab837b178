import type { SettingRules } from '../base/setting-rules.ts';
import { scheduleNames } from '../optim/schedule.ts';
import type { OptimizationOptions } from './optimization.ts';
import type { PretrainRunOptions } from './run-pretraining.ts';
import type { TrainOptions } from './train-options.ts';

// Apart from what trains, so that help and checks of the command line load nothing of it.

/** When something happens in a run. */
export const moments = ['no', 'epoch', 'steps'] as const;

/** What can decide the best checkpoint. */
export const bestModelMetrics = ['accuracy', 'attack_accuracy'] as const;

/** What {@link OptimizationOptions} may be, at the command line and in programs. */
export const optimizationRules = {
  learningRate: { kind: 'number', above: 0 },
  lrSchedulerType: { kind: 'choice', choices: scheduleNames },
  warmupRatio: { kind: 'number', min: 0, max: 1 },
  weightDecay: { kind: 'number', min: 0 },
  maxGradNorm: { kind: 'number', min: 0 },
  adamBeta1: { kind: 'number', min: 0, below: 1 },
  adamBeta2: { kind: 'number', min: 0, below: 1 },
  adamEpsilon: { kind: 'number', above: 0 },
} as const satisfies SettingRules & Record<keyof OptimizationOptions, unknown>;

const text = { kind: 'text' } as const;
const flag = { kind: 'flag' } as const;
const count = { kind: 'integer', min: 1 } as const;
const optional = { optional: true } as const;

/** What {@link TrainOptions} may be, at the command line and in programs; a method and VDA have rules of their own. */
export const trainRules = {
  ...optimizationRules,
  outputDir: text,
  seed: { kind: 'integer', min: 0, max: 2 ** 32 - 1 },
  maxSeqLength: { kind: 'integer', min: 4 },
  padToMaxLength: flag,
  shuffle: flag,
  dropout: { kind: 'number', min: 0, below: 1, ...optional },
  numTrainEpochs: { kind: 'number', above: 0 },
  maxSteps: { ...count, ...optional },
  perDeviceTrainBatchSize: count,
  gradientAccumulationSteps: count,
  perDeviceEvalBatchSize: count,
  evalStrategy: { kind: 'choice', choices: moments },
  evalSteps: { ...count, ...optional },
  metricForBestModel: { kind: 'choice', choices: bestModelMetrics },
  loadBestModelAtEnd: flag,
  earlyStoppingPatience: { ...count, ...optional },
  loggingSteps: count,
  saveStrategy: { kind: 'choice', choices: moments },
  saveSteps: count,
  saveTotalLimit: { ...count, ...optional },
  adaExamples: { kind: 'integer', min: 0 },
  adaModel: { ...text, ...optional },
  officialCode: { ...flag, ...optional },
  candidatesDir: { ...text, ...optional },
  allowMissing: { ...flag, ...optional },
} as const satisfies SettingRules & Record<Exclude<keyof TrainOptions, 'method' | 'vda'>, unknown>;

const { numTrainEpochs, maxSteps, dropout, loggingSteps, saveStrategy, saveSteps, saveTotalLimit } =
  trainRules;
const { outputDir, seed, perDeviceTrainBatchSize, gradientAccumulationSteps } = trainRules;

/** What {@link PretrainRunOptions} may be, at the command line and in programs. */
export const pretrainRules = {
  ...optimizationRules,
  ...{ numTrainEpochs, maxSteps, dropout, loggingSteps, saveStrategy, saveSteps, saveTotalLimit },
  ...{ outputDir, seed, perDeviceTrainBatchSize, gradientAccumulationSteps },
  mlmProbability: { kind: 'number', above: 0, below: 1 },
  timeLimit: { kind: 'number', above: 0, ...optional },
  dtype: { kind: 'choice', choices: ['float16', 'float32'] },
} as const satisfies SettingRules & Record<keyof PretrainRunOptions, unknown>;
