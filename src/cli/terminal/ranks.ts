import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { VdaError } from '../../base/error.ts';
import { alone, type Communicator, isInterruption, isLeader } from '../../distributed/communicator.ts';
import { launchedRank } from '../../distributed/launcher.ts';
import type { OpenRanks } from '../../distributed/open-ranks.ts';
import type { CommandIo } from './io.ts';
import { sayTo } from './say.ts';

/** A command's work on its rank. */
export interface Ranked {
  readonly communicator: Communicator;
  /** Threads for each rank, where there are several. */
  readonly numThreads?: number | undefined;
  readonly io: CommandIo;
}

/**
 * Does a command's work on every rank that a launcher started, or by itself where `options.distributed` is not set. The first rank
 * prints, the others are mute. An error ends all ranks, and is printed once: the others leave rank 0 the time to print its own, of
 * which theirs may be the echo.
 */
export async function onRanks(
  options: { readonly distributed?: 'mpi' | undefined; readonly distributedTimeout: number },
  io: CommandIo,
  work: (ranked: Ranked) => Promise<void>,
): Promise<void> {
  if (options.distributed === undefined) return work({ communicator: alone, io });
  const { openRanks } = await import('../../distributed/open-ranks.ts');
  let opened: OpenRanks | undefined;
  try {
    opened = await openRanks({ env: io.env, timeoutSeconds: options.distributedTimeout });
    const { communicator, numThreads, remarks } = opened;
    const own = isLeader(communicator) ? io : mute(io);
    for (const remark of remarks) sayTo(own)(remark);
    await work({ communicator, numThreads, io: own });
    opened.end('with the others');
  } catch (thrown) {
    if (isInterruption(thrown)) {
      opened?.end('with the others');
      io.signal.throwIfAborted();
      return; // another rank got the signal, and says so to whoever started the job
    }
    const rank = launchedRank(io.env);
    if (rank === 0) throw thrown;
    await setTimeout(1000 + 200 * Math.min(rank, 20));
    if (io.signal.aborted) {
      opened?.end('with the job'); // the launcher's signal, for rank 0 has said it
      throw io.signal.reason;
    }
    throw withRank(thrown, `Rank ${rank} (${hostname()})`);
  }
}

const mute = (io: CommandIo): CommandIo => ({
  ...io,
  stdout: { ...io.stdout, write: () => {} },
  stderr: { ...io.stderr, write: () => {} },
});

const withRank = (thrown: unknown, who: string): unknown =>
  thrown instanceof VdaError
    ? new VdaError(thrown.code, `${who}: ${thrown.marked}`, { cause: thrown })
    : thrown;
