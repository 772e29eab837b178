import { VdaError } from '../base/error.ts';

/** Where training stands. */
export interface SchedulePosition {
  /** Optimizer steps done before this one: 0 at the first. */
  readonly step: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
}

type Schedule = (position: SchedulePosition) => number;

/** Rises from 0 in equal steps, then hands over to `after`. */
const afterWarmup =
  (after: Schedule): Schedule =>
  (position) =>
    position.step < position.warmupSteps
      ? position.step / Math.max(1, position.warmupSteps)
      : after(position);

/** Fraction of the steps after the warm-up that is done. */
const progressOf = ({ step, warmupSteps, totalSteps }: SchedulePosition): number =>
  (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);

/** The schedules by the names that transformers gives them. */
const schedules = {
  /** Falls from 1 to 0 in equal steps. */
  linear: afterWarmup(({ step, warmupSteps, totalSteps }) =>
    Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - warmupSteps)),
  ),
  /** ½(1 + cos πp) at progress p: half a wave. */
  cosine: afterWarmup((position) => Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progressOf(position))))),
  /** The same at p < 1, then 0: one cycle, the default of transformers, so nothing restarts. */
  cosine_with_restarts: afterWarmup((position) => {
    const progress = progressOf(position);
    return progress >= 1 ? 0 : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
  }),
  /** 1 throughout, warm-up or not. */
  constant: () => 1,
  constant_with_warmup: afterWarmup(() => 1),
} satisfies Record<string, Schedule>;

/** Name of a learning-rate schedule. */
export type ScheduleName = keyof typeof schedules;

/** All schedules, for help texts and validation. */
export const scheduleNames = Object.keys(schedules) as readonly ScheduleName[];

/**
 * The factor on the learning rate at one step. After a linear warm-up from 0, the named shape; `constant` has no
 * warm-up.
 *
 * Source: transformers 4.57, `optimization.py` (`get_scheduler`), whose values it gives.
 */
export const scheduleFactor = (name: ScheduleName, position: SchedulePosition): number =>
  schedules[name](position);

/**
 * Warm-up steps of a fraction of the training: ⌈ratio·totalSteps⌉.
 * @throws VdaError `usage` when the ratio is outside [0, 1]
 */
export function warmupSteps({
  ratio,
  totalSteps,
}: {
  readonly ratio: number;
  readonly totalSteps: number;
}): number {
  if (!(ratio >= 0 && ratio <= 1)) {
    throw new VdaError('usage', `schedule: the warm-up ratio must lie between 0 and 1, got ${ratio}.`);
  }
  return Math.ceil(ratio * totalSteps);
}
