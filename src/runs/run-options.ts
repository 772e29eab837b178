import type { SettingRules } from '../base/setting-rules.ts';

/** When something happens in a run, as the Trainer of transformers has it (`IntervalStrategy`). */
export const intervalStrategies = ['no', 'epoch', 'steps'] as const;

/** One of {@link intervalStrategies}. */
export type IntervalStrategy = (typeof intervalStrategies)[number];

/** Settings of any run that trains; names and meanings as on the command line (`vda train --help`, `vda pretrain --help`). */
export interface RunOptions {
  readonly outputDir: string;
  readonly seed: number;
  readonly dropout?: number | undefined;
  readonly numTrainEpochs: number;
  readonly maxSteps?: number | undefined;
  readonly perDeviceTrainBatchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly loggingSteps: number;
  readonly saveStrategy: IntervalStrategy;
  readonly saveSteps: number;
  readonly saveTotalLimit?: number | undefined;
}

const count = { kind: 'integer', min: 1 } as const;
const optional = { optional: true } as const;

/** What {@link RunOptions} may be, at the command line and in programs. */
export const runRules = {
  outputDir: { kind: 'text' },
  seed: { kind: 'integer', min: 0, max: 2 ** 32 - 1 },
  dropout: { kind: 'number', min: 0, below: 1, ...optional },
  numTrainEpochs: { kind: 'number', above: 0 },
  maxSteps: { ...count, ...optional },
  perDeviceTrainBatchSize: count,
  gradientAccumulationSteps: count,
  loggingSteps: count,
  saveStrategy: { kind: 'choice', choices: intervalStrategies },
  saveSteps: count,
  saveTotalLimit: { ...count, ...optional },
} as const satisfies SettingRules & Record<keyof RunOptions, unknown>;
