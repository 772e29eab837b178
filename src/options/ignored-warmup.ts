import { argument } from '../base/error.ts';
import type { lrSchedulers } from './training.ts';

/** What is wrong about `--warmup-ratio`: one schedule has no warm-up, in transformers too, and would ignore it. */
export const ignoredWarmup = (
  options: { readonly lrSchedulerType: keyof typeof lrSchedulers; readonly warmupRatio: number },
  given: ReadonlySet<string>,
): readonly string[] =>
  options.lrSchedulerType === 'constant' && given.has('warmupRatio') && options.warmupRatio > 0
    ? [
        `${argument('warmupRatio')} has no effect with ${argument('lrSchedulerType')} constant; constant_with_warmup has one.`,
      ]
    : [];
