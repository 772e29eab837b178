import { describe, expect, test } from 'vitest';
import type { Victim, VictimInput } from '../../../src/attacks/victim.ts';
import { withVotes } from '../../../src/attacks/victims/with-votes.ts';
import { attackAll } from '../attack-all.ts';
import { hash, toyVictim } from '../toys.ts';

const examples = [0, 1, 2, 3, 4, 5].map((id) => ({ id, text: 'a b c d e', label: id % 2 }));

/** The toy victim, which answers the other class to draws that `lies` says so of. */
function stochastic(lies: (input: VictimInput) => boolean): Victim & { readonly asked: VictimInput[] } {
  const toy = toyVictim(3);
  const asked: VictimInput[] = [];
  return {
    ...toy,
    asked,
    classify: async (inputs) => {
      asked.push(...inputs);
      const rows = await toy.classify(inputs);
      return rows.map((row, i) => (lies(inputs[i]!) ? [row[1]! - 0.001, row[0]! + 0.001] : row));
    },
  };
}

const isFresh = ({ draw }: VictimInput) => (draw ?? 0) >= 1_000_000;

describe('a success on a stochastic victim', () => {
  test('is confirmed by ten fresh draws, and the record says how many held', async () => {
    const plain = await attackAll(examples, toyVictim(3));
    const voted = await attackAll(
      examples,
      withVotes(
        stochastic(() => false),
        { votes: 1 },
      ),
    );
    const successes = voted.filter(({ status }) => status === 'success');
    expect(successes.length).toBeGreaterThan(0);
    for (const { confirmed } of successes) expect(confirmed).toEqual({ held: 10, of: 10 });
    const without = voted.map(({ confirmed: _, ...record }) => record);
    expect(without).toEqual(plain); // the same texts and queries: draws that confirm are no queries
  });

  test('is none where the flip holds in half of the draws: the search goes on behind it', async () => {
    const half = stochastic((input) => isFresh(input) && input.draw! % 2 === 0);
    const plain = await attackAll(examples, toyVictim(3));
    const voted = await attackAll(examples, withVotes(half, { votes: 1 }));
    expect(plain.filter(({ status }) => status === 'success').length).toBeGreaterThan(0);
    expect(voted.filter(({ status }) => status === 'success')).toEqual([]);
    const queries = (records: typeof plain) => records.reduce((sum, record) => sum + record.queries, 0);
    expect(queries(voted)).toBeGreaterThan(queries(plain));
  });

  test('holds in most of them where some of the draws are noise', async () => {
    const noisy = stochastic((input) => isFresh(input) && hash(`${input.draw}`, 1) % 4 === 0);
    const voted = await attackAll(examples, withVotes(noisy, { votes: 1 }));
    const successes = voted.filter(({ status }) => status === 'success');
    expect(successes.length).toBeGreaterThan(0);
    for (const { confirmed } of successes) {
      expect(confirmed!.held).toBeGreaterThan(5);
      expect(confirmed!.held).toBeLessThan(10);
    }
  });

  test('asks each vote as a draw of its own', async () => {
    const victim = stochastic(() => false);
    await withVotes(victim, { votes: 3, freshDraws: 0 }).classify([{ text: 'a' }]);
    expect(victim.asked.map(({ draw }) => draw)).toEqual([0, 1, 2]);
  });
});
