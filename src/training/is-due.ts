import type { Moment } from './train-options.ts';

/** Whether something that happens each epoch or each so many steps happens after this one; always at the very end. */
export function isDue(
  moment: Moment,
  at: {
    readonly step: number;
    readonly stepsPerEpoch: number;
    readonly totalSteps: number;
    readonly every: number;
  },
): boolean {
  if (moment === 'no') return false;
  const every = moment === 'epoch' ? at.stepsPerEpoch : at.every;
  return at.step % every === 0 || at.step === at.totalSteps;
}
