import { probabilitiesOf } from '../../base/probabilities-of.ts';
import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import type { Logits, Probabilities, Victim, VictimInput } from '../victim.ts';
import { addVote, type Combine, combiningRules } from './add-vote.ts';
import { decorated } from './decorate.ts';

/** How often a text is asked, and how the answers become one. */
export interface VotesOptions {
  /** Times that each text is asked. */
  readonly votes: number;
  /** `mean`: the mean of the probabilities (of logits, of their softmax); `majority`: the proportion of answers in which a class comes first. Default `mean`. */
  readonly combine?: Combine;
  /** Fresh draws, in most of which a flip must hold to be a success. Default 10; 0 takes the votes' word for it. */
  readonly freshDraws?: number;
}

const rules = { ...combiningRules, votes: { kind: 'integer', min: 1 } } as const satisfies SettingRules;

/**
 * A stochastic victim (dropout, random masks) asked several times for each text, so that an attack does not take noise for
 * strength: one query of an attack is all its votes together. It answers probabilities, whatever the victim answers. What memory
 * there is must lie within: each vote is a draw of its own (`VictimInput.draw`), and an input that names its draw already is
 * asked once.
 *
 * @throws VdaError `usage` for a setting out of range
 */
export function withVotes(
  victim: Victim,
  { votes, combine = 'mean', freshDraws = 10 }: VotesOptions,
): Victim {
  checkSettings('withVotes', { votes, combine, freshDraws }, { rules });
  const { identity, answers } = victim;
  const asProbabilities = (row: Logits | Probabilities) =>
    answers === 'logits' ? probabilitiesOf(row) : row;
  const votesOn = async (inputs: readonly VictimInput[]): Promise<readonly Probabilities[]> => {
    const sums = inputs.map(() => new Array<number>(victim.labels.length).fill(0));
    for (let draw = 0; draw < votes && inputs.length > 0; draw++) {
      const rows = await victim.classify(inputs.map((input) => ({ ...input, draw })));
      sums.forEach((sum, i) => {
        addVote(sum, { row: rows[i]!, answers, combine });
      });
    }
    return sums.map((sum) => sum.map((value) => value / votes));
  };
  return decorated(victim, {
    answers: 'probabilities',
    ...(freshDraws > 0 && { freshDraws }),
    classify: async (inputs) => {
      const single = inputs.filter(({ draw }) => draw !== undefined);
      const voted = inputs.filter(({ draw }) => draw === undefined);
      const answered = single.length > 0 ? await victim.classify(single) : [];
      const singleRows = answered.map(asProbabilities)[Symbol.iterator]();
      const votedRows = (await votesOn(voted))[Symbol.iterator]();
      return inputs.map(({ draw }) => (draw === undefined ? votedRows : singleRows).next().value!);
    },
    ...(identity && {
      identity: () => ({
        ...{ id: 'votes', version: 2, settings: { votes, combine, freshDraws } },
        parts: { victim: identity.call(victim) },
      }),
    }),
  });
}
