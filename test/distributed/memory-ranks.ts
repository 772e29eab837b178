import { type Communicator, communicatorOver, type WaitOptions } from '../../src/distributed/communicator.ts';
import type { Message, Transport } from '../../src/distributed/transport.ts';

/** Ranks in one process: messages lie in a queue for each pair of them. */
export function memoryTransports(size: number): readonly Transport[] {
  const queues = new Map<string, { sent: Uint8Array[]; wanted: { into: Uint8Array; done: boolean }[] }>();
  const between = (from: number, to: number) => {
    const key = `${from} ${to}`;
    const queue = queues.get(key) ?? { sent: [], wanted: [] };
    queues.set(key, queue);
    return queue;
  };
  const deliver = ({ sent, wanted }: ReturnType<typeof between>): void => {
    while (sent.length > 0 && wanted.length > 0) {
      const [bytes, receiver] = [sent.shift()!, wanted.shift()!];
      if (bytes.length !== receiver.into.length) {
        throw new Error(`a message of ${bytes.length} bytes where ${receiver.into.length} were expected`);
      }
      receiver.into.set(bytes);
      receiver.done = true;
    }
  };
  const done: Message = { isDone: () => true };
  return Array.from({ length: size }, (_, rank) => ({
    rank,
    size,
    send: (to, bytes) => {
      const queue = between(rank, to);
      queue.sent.push(bytes.slice());
      deliver(queue);
      return done;
    },
    receive: (from, into) => {
      const queue = between(from, rank);
      const receiver = { into, done: false };
      queue.wanted.push(receiver);
      deliver(queue);
      return { isDone: () => receiver.done };
    },
  }));
}

/** Does the same on that many ranks at once. */
export const onMemoryRanks = <T>(
  size: number,
  work: (communicator: Communicator) => Promise<T>,
  options: WaitOptions = { timeoutSeconds: 30 },
): Promise<readonly T[]> =>
  Promise.all(memoryTransports(size).map((transport) => work(communicatorOver(transport, options))));
