import type { SettingRules } from '../base/setting-rules.ts';
import type { OptimizationOptions } from './optimization.ts';
import { scheduleNames } from './schedule.ts';

/** What {@link OptimizationOptions} may be, at the command line and in programs. */
export const optimizationRules = {
  learningRate: { kind: 'number', above: 0 },
  lrSchedulerType: { kind: 'choice', choices: scheduleNames },
  warmupRatio: { kind: 'number', min: 0, max: 1 },
  warmupSteps: { kind: 'integer', min: 0, optional: true },
  weightDecay: { kind: 'number', min: 0 },
  maxGradNorm: { kind: 'number', min: 0 },
  adamBeta1: { kind: 'number', min: 0, below: 1 },
  adamBeta2: { kind: 'number', min: 0, below: 1 },
  adamEpsilon: { kind: 'number', above: 0 },
} as const satisfies SettingRules & Record<keyof OptimizationOptions, unknown>;
