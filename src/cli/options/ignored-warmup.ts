import type { lrSchedulers } from './training.ts';

/** What is wrong about `--warmup-ratio`: one schedule has no warm-up, in transformers too, and would ignore it. */
export const ignoredWarmup = (
  options: { readonly lrSchedulerType: keyof typeof lrSchedulers; readonly warmupRatio: number },
  given: ReadonlySet<string>,
): readonly string[] =>
  options.lrSchedulerType === 'constant' && given.has('warmupRatio') && options.warmupRatio > 0
    ? ['--warmup-ratio has no effect with --lr-scheduler-type constant; constant_with_warmup has one.']
    : [];
