import type { SettingRules } from '../base/setting-rules.ts';
import { optimizationRules } from '../optim/optimization-rules.ts';
import { runRules } from '../runs/run-options.ts';
import type { PretrainRunOptions } from './run-pretraining.ts';

// Apart from what trains, so that help and checks of the command line load nothing of it.

/** What {@link PretrainRunOptions} may be, at the command line and in programs. */
export const pretrainRules = {
  ...optimizationRules,
  ...runRules,
  mlmProbability: { kind: 'number', above: 0, below: 1 },
  timeLimit: { kind: 'number', above: 0, optional: true },
  dtype: { kind: 'choice', choices: ['float16', 'float32'] },
} as const satisfies SettingRules & Record<keyof PretrainRunOptions, unknown>;
