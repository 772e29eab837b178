import { probabilitiesOf } from '../../base/probabilities-of.ts';
import type { SettingRules } from '../../base/setting-rules.ts';
import { predicted } from '../goal/goal.ts';
import type { Logits, Probabilities, Victim } from '../victim.ts';

const combinations = ['mean', 'majority'] as const;

/** How several answers become one: the mean of their probabilities, or the proportion in which a class comes first. */
export type Combine = (typeof combinations)[number];

/** What decorators that put answers together take beside the number of them. */
export const combiningRules = {
  combine: { kind: 'choice', choices: combinations },
  freshDraws: { kind: 'integer', min: 0 },
} as const satisfies SettingRules;

/** Adds one answer to a sum over answers, as probabilities or as a vote. */
export function addVote(
  sum: number[],
  p: { readonly row: Logits | Probabilities; readonly answers: Victim['answers']; readonly combine: Combine },
): void {
  const { row, answers, combine } = p;
  const probabilities = answers === 'logits' ? probabilitiesOf(row) : row;
  if (combine === 'majority') sum[predicted(probabilities)]! += 1;
  else for (let c = 0; c < sum.length; c++) sum[c]! += probabilities[c]!;
}
