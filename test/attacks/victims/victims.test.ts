import { describe, expect, test } from 'vitest';
import type { Victim } from '../../../src/attacks/victim.ts';
import { withCache } from '../../../src/attacks/victims/with-cache.ts';
import { withRateLimit } from '../../../src/attacks/victims/with-rate-limit.ts';
import { withRetry } from '../../../src/attacks/victims/with-retry.ts';
import { withVotes } from '../../../src/attacks/victims/with-votes.ts';
import { VdaError } from '../../../src/base/error.ts';
import { attackAll } from '../attack-all.ts';
import { toyLogits, toyVictim } from '../toys.ts';

const inputs = ['a b', 'c', 'd e f'].map((text) => ({ text }));

describe('withRetry', () => {
  /** Fails so often before it answers. */
  const failing = (times: number, thrown: unknown = new Error('503')): Victim => {
    const toy = toyVictim(1);
    let left = times;
    return { ...toy, classify: (asked) => (left-- > 0 ? Promise.reject(thrown) : toy.classify(asked)) };
  };

  test('asks again, after twice the time each', async () => {
    const waited: number[] = [];
    const wait = async (milliseconds: number) => void waited.push(milliseconds);
    const victim = withRetry(failing(3), { attempts: 4, delay: 10, wait });
    expect(await victim.classify(inputs)).toEqual(await toyVictim(1).classify(inputs));
    expect(waited).toEqual([10, 20, 40]);
  });

  test('gives up at the last attempt, and at once where the failure will not pass', async () => {
    const wait = async () => {};
    await expect(withRetry(failing(2), { attempts: 2, wait }).classify(inputs)).rejects.toThrow('503');
    const refused = failing(1, new VdaError('usage', 'no such model'));
    await expect(withRetry(refused, { wait }).classify(inputs)).rejects.toThrow('no such model');
  });

  test('an attack through it ends no example as an error, and as if nothing had failed', async () => {
    const examples = [0, 1].map((id) => ({ id, text: 'a b c d', label: id }));
    const plain = await attackAll(examples, toyVictim(1));
    const retried = await attackAll(examples, withRetry(failing(3), { wait: async () => {} }));
    expect(retried).toEqual(plain);
    expect((await attackAll(examples, failing(30))).map(({ status }) => status)).toEqual(['error', 'error']);
  });
});

describe('withRateLimit', () => {
  test('spreads texts over time, so many in a call', async () => {
    let clock = 0;
    const wait = async (milliseconds: number) => {
      clock += milliseconds;
    };
    const calls: (readonly [at: number, texts: number])[] = [];
    const toy = toyVictim(1);
    const classify: Victim['classify'] = (asked) => {
      calls.push([clock, asked.length]);
      return toy.classify(asked);
    };
    const victim = withRateLimit(
      { ...toy, classify },
      { textsPerSecond: 4, batch: 2, now: () => clock, wait },
    );
    expect(await victim.classify(inputs)).toEqual(await toy.classify(inputs));
    await victim.classify(inputs.slice(0, 1));
    expect(calls).toEqual([
      [0, 2],
      [500, 1],
      [750, 1],
    ]);
  });
});

describe('withCache', () => {
  test('asks nothing twice, and forgets what does not fit', async () => {
    const toy = toyVictim(1);
    const victim = withCache(toy);
    const first = await victim.classify(inputs);
    expect(await victim.classify([...inputs].reverse())).toEqual([...first].reverse());
    expect(toy.calls).toHaveLength(1);
    const forgetful = withCache(toy, { memory: 2 });
    await forgetful.classify(inputs);
    await forgetful.classify(inputs);
    expect(toy.calls.at(-1)!.length).toBeGreaterThan(0);
  });
});

describe('withVotes', () => {
  /** Answers one of two rows in turn. */
  const wavering = (rows: readonly (readonly number[])[]): Victim => {
    let call = 0;
    return {
      ...toyVictim(1),
      classify: async (asked) => {
        const row = rows[call++ % rows.length]!;
        return asked.map(() => row);
      },
      identity: () => ({ id: 'wavering' }),
    };
  };

  test('is the mean of the answers, or the proportion of classes that came first', async () => {
    const rows = [
      [0.75, 0.25],
      [0.25, 0.75],
      [1, 0],
    ];
    const [mean] = await withVotes(wavering(rows), { votes: 3 }).classify([{ text: 'a' }]);
    expect(mean).toEqual([2 / 3, 1 / 3]);
    const [majority] = await withVotes(wavering(rows), { votes: 3, combine: 'majority' }).classify([
      { text: 'a' },
    ]);
    expect(majority).toEqual([2 / 3, 1 / 3]);
  });

  test('answers probabilities also of a victim that answers logits', async () => {
    const rows = [[0, Math.log(3)]];
    const victim = withVotes({ ...wavering(rows), answers: 'logits' }, { votes: 2 });
    expect(victim.answers).toBe('probabilities');
    const [mean] = await victim.classify([{ text: 'a' }]);
    expect(Array.from(mean!)).toEqual([expect.closeTo(1 / 4), expect.closeTo(3 / 4)]);
  });

  test('is another victim, by its identity', () => {
    expect(withVotes(wavering([[1, 0]]), { votes: 3 }).identity!()).toEqual({
      ...{ id: 'votes', version: 2, settings: { votes: 3, combine: 'mean', freshDraws: 10 } },
      parts: { victim: { id: 'wavering' } },
    });
  });
});

test('every decorator leaves what else a victim says as it is', () => {
  const toy: Victim = { ...toyLogits(1), wordsSeen: () => 3, identity: () => ({ id: 'toy' }) };
  for (const victim of [withRetry(toy), withRateLimit(toy, { textsPerSecond: 1 }), withCache(toy)]) {
    expect(victim).toMatchObject({
      labels: toy.labels,
      unkToken: '[UNK]',
      maskToken: '[MASK]',
      answers: 'logits',
    });
    expect(victim.wordsSeen!('a b c d')).toBe(3);
    expect(victim.identity!()).toEqual({ id: 'toy' });
  }
});
