import { predicted } from '../goal/goal.ts';
import type { Probabilities, Victim } from '../victim.ts';
import { decorated } from './decorate.ts';

export interface VotesOptions {
  /** Times that each text is asked. */
  readonly votes: number;
  /** `mean`: the mean of the probabilities; `majority`: the proportion of answers in which a class comes first. Default `mean`. */
  readonly combine?: 'mean' | 'majority';
}

/**
 * A stochastic victim (dropout, random masks) asked several times for each text, so that an attack does not take noise for
 * strength: one query of an attack is all its votes together.
 */
export function withVotes(victim: Victim, { votes, combine = 'mean' }: VotesOptions): Victim {
  const { identity } = victim;
  return decorated(victim, {
    classify: async (inputs) => {
      const sums = inputs.map(() => new Array<number>(victim.labels.length).fill(0));
      for (let vote = 0; vote < votes; vote++) {
        const rows = await victim.classify(inputs);
        sums.forEach((sum, i) => {
          addVote(sum, rows[i]!, combine);
        });
      }
      return sums.map((sum) => sum.map((value) => value / votes));
    },
    ...(identity && {
      identity: () => ({
        ...{ id: 'votes', version: 1, settings: { votes, combine } },
        parts: { victim: identity.call(victim) },
      }),
    }),
  });
}

function addVote(sum: number[], row: Probabilities, combine: 'mean' | 'majority'): void {
  if (combine === 'majority') sum[predicted(row)]! += 1;
  else for (let c = 0; c < sum.length; c++) sum[c]! += row[c]!;
}
