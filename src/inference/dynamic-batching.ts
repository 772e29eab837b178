import type { VictimInput } from '../attacks/victim.ts';
import { VdaError } from '../base/error.ts';
import { nextTurn } from '../base/next-turn.ts';
import type { Encoding } from '../text/tokenizer.ts';
import type { Classifier } from './classifier.ts';

/** What a classifier says of the texts of one request. */
export interface Asked {
  /** Logits `[C]` of each text, in order. */
  readonly rows: readonly Float32Array[];
  /** Whether the model read the beginning of a text alone. */
  readonly truncated: readonly boolean[];
}

export interface DynamicBatching {
  /**
   * Asks about the texts of one request.
   * @throws QueueFull where as many texts wait as may; the reason of `signal`, whose texts then wait no longer; what the classifier throws
   */
  ask(
    inputs: readonly VictimInput[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Asked>;
  /** Texts that wait for a batch. */
  waiting(): number;
}

export interface DynamicBatchingOptions {
  /** Most texts that wait for a batch. A request is let in where none waits, however many texts it has. */
  readonly mostWaiting: number;
  /** Told how many texts of how many requests go into a batch. */
  readonly onBatch?: (batch: { readonly texts: number; readonly requests: number }) => void;
}

/** As many texts wait as may: ask again later. */
export class QueueFull extends VdaError {
  /** Seconds that what waits will take, about. */
  readonly secondsToWait: number;

  constructor({ waiting, secondsToWait }: { readonly waiting: number; readonly secondsToWait: number }) {
    super('conflict', `${waiting} texts wait for the classifier, as many as may. Ask again in a while.`);
    this.secondsToWait = secondsToWait;
  }
}

/** A text on its way through the classifier. */
interface Item {
  readonly asking: Asking;
  readonly encoding: Encoding;
  readonly index: number;
}

/** A request whose texts are on their way. */
interface Asking {
  /** Those that wait for a batch, in their order. */
  readonly waiting: Set<Item>;
  readonly rows: Float32Array[];
  unanswered: number;
  isOpen: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Dynamic batching: texts of requests under way at the same time go through a classifier together.
 *
 * There is no fixed wait. A batch begins as soon as the classifier has room for one, with what has come by then: a lone text at
 * once, and under load whatever came while the batches before it ran. Requests lead a batch in turn, so none waits for all texts of
 * a larger one; the batch is filled up with texts of as many tokens as the leader's, the oldest first, up to the classifier's
 * {@link Classifier.capacity}.
 *
 * Rows do not depend on what they are batched with ({@link equalLengthBatches}), so answers are the same to the last bit, whoever
 * else asks. A batch that fails is asked again request by request: one request's failure is no other's.
 */
export function dynamicBatching(
  { encode, logitsOf, capacity }: Pick<Classifier, 'encode' | 'logitsOf' | 'capacity'>,
  { mostWaiting, onBatch }: DynamicBatchingOptions,
): DynamicBatching {
  const turns = new Set<Asking>(); // those with texts that wait; the first leads the next batch
  const byLength = new Map<number, Set<Item>>();
  let waiting = 0; // texts let in that are in no batch yet
  let running = 0;
  const rate = meanRate();

  function enter(item: Item): void {
    const { asking, encoding } = item;
    const { length } = encoding.ids;
    const peers = byLength.get(length) ?? new Set();
    byLength.set(length, peers.add(item));
    asking.waiting.add(item);
    turns.add(asking);
  }

  function leave(item: Item): void {
    const { asking, encoding } = item;
    const peers = byLength.get(encoding.ids.length)!;
    waiting--;
    peers.delete(item);
    if (peers.size === 0) byLength.delete(encoding.ids.length);
    asking.waiting.delete(item);
    if (asking.waiting.size === 0) turns.delete(asking);
  }

  function nextBatch(): readonly Item[] {
    const [leader] = turns;
    if (leader === undefined) return [];
    const [first] = leader.waiting;
    const { length } = first!.encoding.ids;
    const most = Math.max(2, Math.min(capacity.maxRows, Math.floor(capacity.maxTokens / length)));
    const batch = [first!];
    for (const peer of byLength.get(length)!) {
      if (batch.length === most) break;
      if (peer !== first) batch.push(peer);
    }
    for (const item of batch) leave(item);
    if (turns.delete(leader)) turns.add(leader);
    return batch;
  }

  function close(asking: Asking, settle: () => void): void {
    if (!asking.isOpen) return;
    asking.isOpen = false;
    for (const item of [...asking.waiting]) leave(item);
    settle();
  }

  async function answer(batch: readonly Item[]): Promise<void> {
    const open = batch.filter(({ asking }) => asking.isOpen);
    const requests = new Set(open.map(({ asking }) => asking));
    if (open.length === 0) return;
    try {
      const rows = await logitsOf(open.map(({ encoding }) => encoding));
      onBatch?.({ texts: open.length, requests: requests.size });
      for (const [i, { asking, index }] of open.entries()) {
        asking.rows[index] = rows[i]!;
        asking.unanswered--;
        if (asking.unanswered === 0) close(asking, asking.resolve);
      }
    } catch (thrown) {
      for (const one of requests) {
        if (requests.size === 1) close(one, () => one.reject(thrown));
        else await answer(open.filter(({ asking }) => asking === one));
      }
    }
  }

  /** Batch after batch, as long as texts wait. */
  async function run(): Promise<void> {
    if (running++ === 0) rate.begin();
    for (;;) {
      await nextTurn(); // what came in the same moment, or while a batch held the thread, is read first
      const batch = nextBatch();
      if (batch.length === 0) break;
      wake();
      await answer(batch);
      rate.add(batch.length);
    }
    if (--running === 0) rate.pause();
  }

  function wake(): void {
    if (turns.size > 0 && running < capacity.atOnce) void run();
  }

  return {
    waiting: () => waiting,
    async ask(inputs, { signal } = {}) {
      signal?.throwIfAborted();
      if (waiting > 0 && waiting + inputs.length > mostWaiting)
        throw new QueueFull({ waiting, secondsToWait: rate.secondsFor(waiting) });
      waiting += inputs.length;
      const encodings = await encodeAll(inputs, { encode, signal }).catch((thrown) => {
        waiting -= inputs.length;
        throw thrown;
      });
      const rows = new Array<Float32Array>(inputs.length);
      if (inputs.length > 0) {
        await new Promise<void>((resolve, reject) => {
          const asking = {
            waiting: new Set<Item>(),
            rows,
            unanswered: rows.length,
            isOpen: true,
            resolve,
            reject,
          };
          const stop = () => close(asking, () => reject(signal!.reason));
          for (const [index, encoding] of encodings.entries()) enter({ asking, encoding, index });
          if (signal?.aborted) return stop();
          signal?.addEventListener('abort', stop, { once: true });
          wake();
        });
      }
      return { rows, truncated: encodings.map(({ truncated }) => truncated) };
    },
  };
}

/** Characters that are made tokens of before other work has its turn: some tens of milliseconds at worst. */
const charactersAtOnce = 2 ** 13;

async function encodeAll(
  inputs: readonly VictimInput[],
  { encode, signal }: Pick<Classifier, 'encode'> & { readonly signal: AbortSignal | undefined },
): Promise<readonly Encoding[]> {
  const encodings: Encoding[] = [];
  let characters = 0;
  for (const input of inputs) {
    if (characters > charactersAtOnce) {
      await nextTurn();
      signal?.throwIfAborted();
      characters = 0;
    }
    encodings.push(encode(input));
    characters += input.text.length + (input.textPair?.length ?? 0);
  }
  return encodings;
}

/** How long texts take, by the time that those before took; before any was answered, as long as there has been none. */
function meanRate() {
  let texts = 0;
  let milliseconds = 0;
  let since: number | undefined;
  const busy = () => milliseconds + (since === undefined ? 0 : performance.now() - since);
  return {
    begin: () => {
      since = performance.now();
    },
    add: (more: number) => {
      texts += more;
    },
    pause: () => {
      milliseconds = busy();
      since = undefined;
    },
    secondsFor: (waiting: number) => ((texts === 0 ? 1 : waiting / texts) * busy()) / 1000,
  };
}
