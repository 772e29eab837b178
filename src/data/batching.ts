import { VdaError } from '../base/error.ts';
import { permutation, randomKey, randomStream } from '../base/random.ts';

export interface PlanBatchesOptions {
  /** Examples in a batch; the last one may be smaller. */
  readonly batchSize: number;
  readonly seed: number;
  /** Epoch number, from 0: each has its own order. */
  readonly epoch: number;
  /** False: file order, and seed and epoch have no say. */
  readonly shuffle: boolean;
  /** Batches whose examples are sorted by length together. Default: an eighth of the epoch, at most 50. */
  readonly window?: number;
}

/**
 * The batches of one epoch: each example once, as indices into `lengths`.
 *
 * With `shuffle` the examples are shuffled, sorted by length inside windows of `window` batches (so that little is
 * padded), cut into batches, and the batches are shuffled. The result depends on the arguments alone, so a resumed run
 * plans the same batches.
 *
 * @param lengths token count of each example
 * @throws VdaError `usage` when `batchSize` or `window` is not a positive integer
 */
export function planBatches(
  lengths: ArrayLike<number>,
  { batchSize, seed, epoch, shuffle, ...given }: PlanBatchesOptions,
): number[][] {
  requirePositive({ batchSize });
  const window = given.window ?? defaultWindow(Math.ceil(lengths.length / batchSize));
  requirePositive({ window });
  if (!shuffle)
    return cut(
      Array.from(lengths, (_, i) => i),
      batchSize,
    );
  const key = randomKey(seed, 'batches');
  const order = permutation(lengths.length, randomStream(key, { a: epoch, b: 0 }));
  const sortedInWindows = cut(order, window * batchSize).flatMap((indices) =>
    indices.sort((a, b) => lengths[a]! - lengths[b]!),
  );
  const batches = cut(sortedInWindows, batchSize);
  return Array.from(permutation(batches.length, randomStream(key, { a: epoch, b: 1 })), (i) => batches[i]!);
}

/** One window over a small data set would put the same examples together in every epoch. */
const defaultWindow = (batches: number): number => Math.max(1, Math.min(50, Math.ceil(batches / 8)));

export interface SortedBatchesOptions {
  /** Most tokens in a batch, padding included. A longer example is a batch by itself. */
  readonly maxTokens: number;
  /** Most examples in a batch. */
  readonly maxRows: number;
}

/**
 * Batches for inference: each example once, longest first, as many to a batch as the bounds let in. Longest first so
 * that the largest buffers are made once, and too little memory shows at the start.
 *
 * @param lengths token count of each example
 * @returns indices into `lengths`; equal lengths stay in order
 * @throws VdaError `usage` when a bound is not a positive integer
 */
export function sortedBatches(
  lengths: ArrayLike<number>,
  { maxTokens, maxRows }: SortedBatchesOptions,
): number[][] {
  requirePositive({ maxTokens, maxRows });
  const order = Array.from(lengths, (_, i) => i).sort((a, b) => lengths[b]! - lengths[a]!);
  const batches: number[][] = [];
  for (let start = 0; start < order.length; ) {
    const longest = Math.max(1, lengths[order[start]!]!);
    const rows = Math.max(1, Math.min(maxRows, Math.floor(maxTokens / longest)));
    batches.push(order.slice(start, start + rows));
    start += rows;
  }
  return batches;
}

function cut(indices: ArrayLike<number>, size: number): number[][] {
  const all = Array.from(indices);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function requirePositive(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new VdaError('usage', `${name} must be a positive integer, got ${value}.`);
    }
  }
}
