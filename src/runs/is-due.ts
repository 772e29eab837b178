import type { IntervalStrategy } from './run-options.ts';

/** Whether something that happens each epoch or each so many steps happens after this one; always at the very end. */
export function isDue(
  strategy: IntervalStrategy,
  at: {
    readonly step: number;
    readonly stepsPerEpoch: number;
    readonly totalSteps: number;
    readonly every: number;
  },
): boolean {
  if (strategy === 'no') return false;
  const every = strategy === 'epoch' ? at.stepsPerEpoch : at.every;
  return at.step % every === 0 || at.step === at.totalSteps;
}
