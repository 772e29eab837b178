import { checkSettings } from '../base/setting-rules.ts';
import { isRobust, type Outcome, requireOutcomes } from './outcome.ts';

/** What an attack may be limited by. */
const limited = ['queries', 'changed'] as const;

/** A point of a curve: the proportion of all texts that are still right within a limit. */
export interface CurveStep {
  /** Queries, or words changed. */
  readonly limit: number;
  /** A fraction in [0, 1]. */
  readonly attAcc: number;
}

/**
 * Robust accuracy (Att Acc) over a limit on the attack, of queries or of words changed, from one attack without it:
 *
 *     AttAcc(b) = #{right before, and robust, or cost > b} / N
 *
 * The cost of an attack is what it had spent when it succeeded, or when it ended without an answer; what ends as robust stays.
 * So the curve falls from Ori Acc to Att Acc. A limit of words cuts successes off as they are: an attack that knew of it might have
 * found another text.
 *
 * @param over what the limit is on: `queries`, or `changed` words
 * @returns the limits at which the curve falls, ascending from 0; between two of them it stays
 * @throws VdaError `usage` for what are no outcomes, and another limit
 */
export function robustnessCurve(
  outcomes: readonly Outcome[],
  over: (typeof limited)[number],
): readonly CurveStep[] {
  requireOutcomes('robustnessCurve', outcomes);
  checkSettings('robustnessCurve', { over }, { rules: { over: { kind: 'choice', choices: limited } } });
  const right = outcomes.filter(({ correct }) => correct);
  const lost = right
    .filter((outcome) => !isRobust(outcome))
    .map((outcome) => (outcome.status === 'success' || over === 'queries' ? outcome[over] : 0))
    .sort((a, b) => a - b);
  const steps: CurveStep[] = [];
  for (const limit of new Set([0, ...lost])) {
    const left = right.length - lost.filter((cost) => cost <= limit).length;
    steps.push({ limit, attAcc: left / outcomes.length });
  }
  return steps;
}

/** Att Acc at a limit, from the steps of {@link robustnessCurve}: a fraction, NaN where there are no steps. */
export const attAccWithin = (steps: readonly CurveStep[], limit: number): number =>
  steps.findLast((step) => step.limit <= limit)?.attAcc ?? Number.NaN;
