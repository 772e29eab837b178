import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { alone, communicatorOver } from '../../src/distributed/communicator.ts';
import { memoryTransports, onMemoryRanks } from './memory-ranks.ts';

/** Numbers of very different sizes, so that the order of an addition shows in its bits. */
const addend = (seed: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(seed * 7919 + i * 104_729) * 10 ** ((i * seed) % 7));

/** What stands in the doc of allReduceSum. */
const inOrder = (addends: readonly Float32Array[]): Float32Array =>
  addends[0]!.map((_, i) => addends.reduce((sum, one) => sum + one[i]!, 0));

/** Bit by bit; `toEqual` takes minutes for a million numbers. */
const isSame = (a: readonly Float32Array[], b: readonly Float32Array[]): boolean =>
  a.every((one, i) => Buffer.from(one.buffer).equals(Buffer.from(b[i]!.buffer)));

describe('allReduceSum', () => {
  const lengths = [5, 2 ** 20 + 3, 2 ** 21 + 1];
  const parts = [1, 2, 3, 4].map((seed) => lengths.map((length) => addend(seed, length)));
  const expected = lengths.map((_, i) => inOrder(parts.map((part) => part[i]!)));

  it.each([1, 2, 4])('adds up four addends in their order, to the same bits on %i ranks', async (size) => {
    const each = parts.length / size;
    const sums = await onMemoryRanks(size, async (communicator) => {
      const first = communicator.rank * each;
      const own = parts.slice(first, first + each).map((part) => part.map((array) => array.slice()));
      const into = own.at(-1)!; // as gradients are: the sum takes the place of the last addend
      await communicator.allReduceSum(own, into);
      return into;
    });
    for (const sum of sums) expect(isSame(sum, expected)).toBe(true);
  });

  it('adds up the addends of a process by itself', async () => {
    const into = lengths.map((length) => new Float32Array(length));
    await alone.allReduceSum(parts, into);
    expect(isSame(into, expected)).toBe(true);
  });
});

describe('ranks', () => {
  it('learn what each of them gives, by rank, of any length', async () => {
    const all = await onMemoryRanks(3, (communicator) =>
      communicator.allGather(new Uint8Array(communicator.rank).fill(communicator.rank)),
    );
    const expected = [Uint8Array.of(), Uint8Array.of(1), Uint8Array.of(2, 2)];
    expect(all).toEqual([expected, expected, expected]);
  });

  it('get what rank 0 worked out, and work after it', async () => {
    const order: string[] = [];
    const found = await onMemoryRanks(3, async (communicator) => {
      const shared = await communicator.fromLeader(async () => {
        await setTimeout(20);
        order.push(`alone ${communicator.rank}`);
        return { accuracy: 0.1 + 0.2, left: undefined };
      });
      const own = await communicator.leaderFirst(async () => {
        if (communicator.rank === 0) await setTimeout(20);
        order.push(`each ${communicator.rank}`);
        return communicator.rank;
      });
      return [shared, own];
    });
    expect(found).toEqual([0, 1, 2].map((rank) => [{ accuracy: 0.1 + 0.2 }, rank]));
    expect(order.slice(0, 2)).toEqual(['alone 0', 'each 0']);
    expect(order.slice(2).sort()).toEqual(['each 1', 'each 2']);
  });

  it('wait for rank 0 as long as it gives signs of life', async () => {
    const options = { timeoutSeconds: 0.2, beatSeconds: 0.02 };
    const found = await onMemoryRanks(
      2,
      (communicator) =>
        communicator.fromLeader(async () => {
          await setTimeout(600);
          return 'done';
        }),
      options,
    );
    expect(found).toEqual(['done', 'done']);
  });

  it('name the one that gives none, and end', async () => {
    const [first, second] = memoryTransports(3); // the third never comes
    const waiting = [first!, second!].map((transport) =>
      communicatorOver(transport, { timeoutSeconds: 0.1 }).allGather(Uint8Array.of(1)),
    );
    for (const one of waiting)
      await expect(one).rejects.toThrow(/No sign of life from rank 2 for 0.1 seconds/);
  });

  it('end where rank 0 fails, and stop where it is interrupted', async () => {
    const ends = (thrown: unknown) =>
      onMemoryRanks(2, (communicator) =>
        communicator
          .fromLeader(() => {
            throw thrown;
          })
          .catch((caught: Error) => `${caught.name}: ${caught.message}`),
      );
    expect(await ends(new Error('no'))).toEqual([
      'Error: no',
      'VdaError: Rank 0 failed, and with it the job.',
    ]);
    expect(await ends(new DOMException('interrupted by SIGINT', 'AbortError'))).toEqual([
      'AbortError: interrupted by SIGINT',
      'AbortError: rank 0 was interrupted',
    ]);
  });
});
