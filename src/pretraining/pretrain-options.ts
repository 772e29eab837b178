import type { SettingRules } from '../base/setting-rules.ts';
import { optimizationRules } from '../optim/optimization-rules.ts';
import { type RunOptions, runRules } from '../runs/run-options.ts';
import type { PretrainOptions } from './pretrain.ts';

// Apart from what trains, so that help and checks of the command line load nothing of it.

/** Settings of a pre-training run; names and meanings as on the command line (`vda pretrain --help`). */
export interface PretrainRunOptions extends Omit<PretrainOptions, 'totalSteps'>, RunOptions {
  /** Seconds; the learning rate falls as if their end were that of the run. */
  readonly timeLimit?: number | undefined;
  readonly dtype: 'float16' | 'float32';
  /** Softens the teacher's predictions and the model's, where there is a teacher. */
  readonly teacherTemperature: number;
  /** The teacher's part of the loss. */
  readonly teacherWeight: number;
}

/** What {@link PretrainRunOptions} may be, at the command line and in programs. */
export const pretrainRules = {
  ...optimizationRules,
  ...runRules,
  mlmProbability: { kind: 'number', above: 0, below: 1 },
  timeLimit: { kind: 'number', above: 0, optional: true },
  dtype: { kind: 'choice', choices: ['float16', 'float32'] },
  teacherTemperature: { kind: 'number', above: 0 },
  teacherWeight: { kind: 'number', min: 0, max: 1 },
} as const satisfies SettingRules & Record<keyof PretrainRunOptions, unknown>;
