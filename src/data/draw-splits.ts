import { permutation, randomKey, randomStream } from '../base/random.ts';
import type { Split } from './datasets.ts';

/** In this order splits take their examples: the smaller pool a user has, the more it is training that gives way. */
const order: readonly Split[] = ['test', 'dev', 'train'];

/**
 * The train/dev/test split of a pool of examples, among the splits that come from it.
 *
 * A split that has a pool of no more than its size to itself gets all of it, in its order. Else the pool is shuffled, by
 * numbers that depend on `name` and its length alone (no `--seed`: every run must have the same splits), and each split
 * takes its size from the front: test, then dev, then train. Where the pool holds fewer than all sizes together, each
 * takes its proportion. Within a split the order is that of the shuffle.
 *
 * @param count examples in the pool
 * @param sizes of the splits that come from it
 * @param name of data set and pool
 * @returns indices into the pool, in the order drawn
 */
export function drawSplits(
  count: number,
  { sizes, name }: { readonly sizes: Readonly<Partial<Record<Split, number>>>; readonly name: string },
): Readonly<Partial<Record<Split, readonly number[]>>> {
  const splits = order.filter((split) => sizes[split] !== undefined);
  const wanted = splits.reduce((sum, split) => sum + sizes[split]!, 0);
  if (splits.length === 1 && count <= wanted)
    return { [splits[0]!]: Array.from({ length: count }, (_, index) => index) };
  const fraction = Math.min(1, count / wanted);
  const shuffled = Array.from(
    permutation(count, randomStream(randomKey(0, `splits of ${name}`), { a: 0, b: 0 })),
  );
  let taken = 0;
  return Object.fromEntries(
    splits.map((split) => {
      const end = Math.min(count, taken + Math.ceil(fraction * sizes[split]!));
      const own = shuffled.slice(taken, end);
      taken = end;
      return [split, own];
    }),
  );
}
