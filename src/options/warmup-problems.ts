import { argument } from '../base/error.ts';
import type { lrSchedulers } from './training.ts';

/** What is wrong about warm-up: one schedule has none, in transformers too, and would ignore it; and it has one length. */
export const warmupProblems = (
  options: {
    readonly lrSchedulerType: keyof typeof lrSchedulers;
    readonly warmupRatio: number;
    readonly warmupSteps?: number | undefined;
  },
  given: ReadonlySet<string>,
): readonly string[] => [
  ...(['warmupRatio', 'warmupSteps'] as const)
    .filter((key) => options.lrSchedulerType === 'constant' && given.has(key) && (options[key] ?? 0) > 0)
    .map(
      (key) =>
        `${argument(key)} has no effect with ${argument('lrSchedulerType')} constant; constant_with_warmup has one.`,
    ),
  ...(given.has('warmupRatio') && given.has('warmupSteps')
    ? [`${argument('warmupSteps')} stands in place of ${argument('warmupRatio')}: give one of them.`]
    : []),
];
