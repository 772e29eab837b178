import { VdaError } from '../base/error.ts';
import { addUp } from './add-up.ts';
import type { Message, Transport } from './transport.ts';

/**
 * The processes of a job that train together, each with its rank; rank 0 leads. Every rank calls the same verbs in the same order.
 * A wait for a rank that gives no sign of life for too long throws.
 */
export interface Communicator {
  readonly rank: number;
  readonly size: number;
  /** What each rank gives, by rank. */
  allGather(bytes: Uint8Array): Promise<readonly Uint8Array[]>;
  /**
   * All-reduce: the sum, over the addends of all ranks, of each array. An addend is a list of arrays, every rank gives as many, all
   * of the same lengths.
   *
   *     into[i] = round₃₂(Σ_rank Σ_addend addend[i])      in float64, ranks and their addends in order
   *
   * So the bits depend neither on the transport nor on who comes first, and `k` addends on each of `n` ranks give those of 1 on
   * each of `k·n`. `into` may be one of the addends.
   */
  allReduceSum(addends: readonly (readonly Float32Array[])[], into: readonly Float32Array[]): Promise<void>;
  /** Rank 0 works, however long it takes, and all ranks get what came of it, which JSON must hold. */
  fromLeader<T>(work: () => T | Promise<T>): Promise<T>;
  /** All ranks do the same work, the others once rank 0 is done: what it wrote or fetched is there then. */
  leaderFirst<T>(work: () => T | Promise<T>): Promise<T>;
}

/** One process by itself. */
export const alone: Communicator = {
  rank: 0,
  size: 1,
  allGather: async (bytes) => [bytes],
  allReduceSum: async (addends, into) => {
    for (const [i, sum] of into.entries()) {
      addUp(
        addends.map((one) => one[i]!),
        sum,
      );
    }
  },
  fromLeader: async (work) => work(),
  leaderFirst: async (work) => work(),
};

/** Whether this process writes, shows and says what the job does. */
export const isLeader = ({ rank }: Communicator): boolean => rank === 0;

/** Whether work was cut by a signal, of this rank or of rank 0: what {@link Communicator.fromLeader} throws on the others then. */
export const isInterruption = (thrown: unknown): boolean =>
  thrown instanceof DOMException && thrown.name === 'AbortError';

export interface WaitOptions {
  /** Seconds after which a rank that gives no sign of life is given up. */
  readonly timeoutSeconds: number;
  /** Seconds between the signs of life of rank 0 while it works and the others wait. */
  readonly beatSeconds?: number;
}

/** Numbers that one rank adds up between two meetings: 4 MiB. */
const pieceLength = 2 ** 20;

/** What follows from rank 0: nothing yet, but it lives; a result; the news that it failed, or that it was interrupted. */
const [beat, done, failed, interrupted] = [0, 1, 2, 3];

/** A communicator over messages from rank to rank. */
export function communicatorOver(transport: Transport, options: WaitOptions): Communicator {
  const { rank, size } = transport;
  const { timeoutSeconds, beatSeconds = Math.min(10, timeoutSeconds / 4) } = options;
  const others = Array.from({ length: size }, (_, other) => other).filter((other) => other !== rank);
  /** Messages that nobody waits for, whose bytes must stay. */
  let loose: (Message & { readonly bytes: Uint8Array })[] = [];

  const wait = (messages: readonly Addressed[]) => waitFor(messages, { timeoutSeconds });
  const receive = (from: number, into: Uint8Array): Addressed => ({
    rank: from,
    message: transport.receive(from, into),
  });
  const send = (to: number, bytes: Uint8Array): Addressed => ({
    rank: to,
    message: transport.send(to, bytes),
  });
  const post = (to: number, bytes: Uint8Array): void => {
    loose = loose.filter((one) => !one.isDone());
    const { isDone } = transport.send(to, bytes);
    loose.push({ isDone, bytes });
  };

  const allGather: Communicator['allGather'] = async (bytes) => {
    const length = header(bytes.byteLength, 0);
    const sends = others.flatMap((to) => [send(to, length), send(to, bytes)]);
    const found: Uint8Array[] = [];
    found[rank] = bytes;
    const headers = new Map(others.map((from) => [from, header(0, 0)] as const));
    await wait(others.map((from) => receive(from, headers.get(from)!)));
    for (const from of others) found[from] = new Uint8Array(read(headers.get(from)!)[0]);
    await wait([...others.map((from) => receive(from, found[from]!)), ...sends]);
    return found;
  };

  /** Each rank adds up pieces of its own, then hands the sums round. */
  const allReduceSum: Communicator['allReduceSum'] = async (addends, into) => {
    const scratch = others.flatMap(() => addends.map((): Float32Array => new Float32Array(pieceLength)));
    for (const [i, sum] of into.entries()) {
      const mine = addends.map((one) => one[i]!);
      for (let start = 0; start < sum.length; start += size * pieceLength) {
        const piece = (array: Float32Array, of: number) =>
          array.subarray(start + of * pieceLength, start + (of + 1) * pieceLength);
        const own = piece(sum, rank);
        const theirs = scratch.map((array) => array.subarray(0, own.length));
        await wait([
          ...others.flatMap((from, at) =>
            addends.map((_, k) => receive(from, bytesOf(theirs[at * addends.length + k]!))),
          ),
          ...others.flatMap((to) => mine.map((array) => send(to, bytesOf(piece(array, to))))),
        ]);
        const inOrder = [...theirs];
        inOrder.splice(rank * addends.length, 0, ...mine.map((array) => piece(array, rank)));
        addUp(inOrder, own);
        await wait([
          ...others.map((from) => receive(from, bytesOf(piece(sum, from)))),
          ...others.map((to) => send(to, bytesOf(own))),
        ]);
      }
    }
  };

  /** Rank 0 works and says how it ended, the others wait for that: a text, as JSON. */
  const whileLeaderWorks = async <T>(
    work: () => T | Promise<T>,
    textOf: (result: T) => string | undefined,
  ): Promise<{ readonly result: T } | { readonly text: string | undefined }> => {
    if (rank > 0) return { text: await hear() };
    const tell = (kind: number, text = '') => {
      const bytes = new TextEncoder().encode(text);
      for (const to of others) {
        post(to, header(bytes.byteLength, kind));
        if (kind !== beat) post(to, bytes);
      }
    };
    const beats = setInterval(() => tell(beat), 1000 * beatSeconds);
    try {
      const result = await work();
      tell(done, textOf(result));
      return { result };
    } catch (thrown) {
      tell(isInterruption(thrown) ? interrupted : failed);
      throw thrown;
    } finally {
      clearInterval(beats);
    }
  };
  const hear = async (): Promise<string | undefined> => {
    for (;;) {
      const head = header(0, 0);
      await wait([receive(0, head)]);
      const [length, kind] = read(head);
      if (kind === beat) continue;
      const bytes = new Uint8Array(length);
      await wait([receive(0, bytes)]);
      if (kind === interrupted) throw new DOMException('rank 0 was interrupted', 'AbortError');
      if (kind === failed) throw new VdaError('conflict', 'Rank 0 failed, and with it the job.');
      return length === 0 ? undefined : new TextDecoder().decode(bytes);
    }
  };

  return {
    rank,
    size,
    allGather,
    allReduceSum,
    fromLeader: async (work) => {
      const ended = await whileLeaderWorks(work, (result) => JSON.stringify(result));
      if ('result' in ended) return ended.result;
      return ended.text === undefined ? undefined : JSON.parse(ended.text);
    },
    leaderFirst: async (work) => {
      const ended = await whileLeaderWorks(work, () => undefined);
      return 'result' in ended ? ended.result : work();
    },
  };
}

interface Addressed {
  readonly rank: number;
  readonly message: Message;
}

/** How long to ask without a pause, which is how long a message within a machine takes; then how long between pauses of 1 ms. */
const [spinMs, yieldMs] = [2, 50];

/**
 * Waits until all messages are through. Asks without a pause at first, then lets timers and signals in between, then sleeps.
 * @throws VdaError `conflict` naming the ranks that gave no sign for so long
 */
async function waitFor(
  messages: readonly Addressed[],
  { timeoutSeconds }: { readonly timeoutSeconds: number },
): Promise<void> {
  const began = performance.now();
  let open = messages;
  for (;;) {
    open = open.filter(({ message }) => !message.isDone());
    if (open.length === 0) return;
    const waited = performance.now() - began;
    if (waited > 1000 * timeoutSeconds) throw stalled(open, timeoutSeconds);
    if (waited > yieldMs) await new Promise((resolve) => setTimeout(resolve, 1));
    else if (waited > spinMs) await new Promise((resolve) => setImmediate(resolve));
  }
}

function stalled(open: readonly Addressed[], timeoutSeconds: number): VdaError {
  const ranks = [...new Set(open.map(({ rank }) => rank))].sort((a, b) => a - b);
  return new VdaError(
    'conflict',
    `No sign of life from rank ${ranks.join(', ')} for ${timeoutSeconds} seconds: it stalled, or its machine is gone. The job ends here; go on from the last checkpoint.`,
  );
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

/** Two numbers as a message. */
const header = (length: number, kind: number): Uint8Array => bytesOf(Float64Array.of(length, kind));

const read = ({ buffer }: Uint8Array): [length: number, kind: number] =>
  [...new Float64Array(buffer as ArrayBuffer)] as [number, number];
