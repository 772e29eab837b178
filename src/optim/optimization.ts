import type { ParameterStore } from './parameter-store.ts';
import { type ScheduleName, scheduleFactor, warmupSteps } from './schedule.ts';

/** How weights follow gradients; names and defaults as the command line's. */
export interface OptimizationOptions {
  readonly learningRate: number;
  readonly lrSchedulerType: ScheduleName;
  readonly warmupRatio: number;
  /** In place of `warmupRatio`, where given. */
  readonly warmupSteps?: number | undefined;
  readonly weightDecay: number;
  /** 0 for no clipping. */
  readonly maxGradNorm: number;
  readonly adamBeta1: number;
  readonly adamBeta2: number;
  readonly adamEpsilon: number;
}

/** That all of them decide what a training comes to, for its identity. */
export const optimizationDecides = {
  learningRate: true,
  lrSchedulerType: true,
  warmupRatio: true,
  warmupSteps: true,
  weightDecay: true,
  maxGradNorm: true,
  adamBeta1: true,
  adamBeta2: true,
  adamEpsilon: true,
} satisfies Record<keyof OptimizationOptions, true>;

export interface UpdateReport {
  readonly lr: number;
  /** Before clipping. */
  readonly gradNorm: number;
}

/** One optimizer update at its place in the schedule; `step` counts from 0. The gradients are 0 afterwards. */
export function update(
  store: ParameterStore,
  p: { readonly options: OptimizationOptions; readonly step: number; readonly totalSteps: number },
): UpdateReport {
  const { options, step, totalSteps } = p;
  const warmup = options.warmupSteps ?? warmupSteps({ ratio: options.warmupRatio, totalSteps });
  const factor = scheduleFactor(options.lrSchedulerType, { step, warmupSteps: warmup, totalSteps });
  const lr = options.learningRate * factor;
  const { gradNorm } = store.step({
    lr,
    step: step + 1,
    betas: [options.adamBeta1, options.adamBeta2],
    eps: options.adamEpsilon,
    weightDecay: options.weightDecay,
    ...(options.maxGradNorm > 0 ? { maxGradNorm: options.maxGradNorm } : {}),
  });
  return { lr, gradNorm };
}
