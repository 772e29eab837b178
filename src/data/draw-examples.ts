import { argument, VdaError } from '../base/error.ts';
import { permutation, randomKey, randomStream } from '../base/random.ts';
import { requireArgument } from '../base/setting-rules.ts';
import type { Dataset, Example } from './dataset.ts';
import { stratifiedOrder } from './stratified-order.ts';

/** Names how a part is drawn: a result on a part depends on it. Another draw has another name. */
export const exampleDraw = 'stratified, 1';

/** Which part of a data set. */
export interface ExamplePart {
  /** Examples to draw; where there are fewer, all. */
  readonly count: number;
  /** Examples of the draw to leave out at its beginning. Default 0. */
  readonly offset?: number;
}

/**
 * Draws the stratified sample of a data set that is attacked or evaluated. A file may be sorted, by class above all, so its first
 * examples say nothing of the rest.
 *
 * The draw is stratified by class ({@link stratifiedOrder}) and depends on the examples' number and classes alone: it is
 * the same for every model, seed, run and machine. A smaller draw is the beginning of a larger one, so parts by `offset`
 * add up. A data set whose order is a draw already (`drawn`) is taken from its beginning.
 *
 * @returns the examples in the order in which they were drawn: what is done of them first is a fair part, too; each keeps
 *   its id
 * @throws VdaError `bad-input` where there are no examples; `usage` where `offset` leaves nothing, or a number is not a whole one
 */
export function drawExamples(
  dataset: Pick<Dataset, 'examples' | 'path' | 'drawn'>,
  { count, offset = 0 }: ExamplePart,
): readonly Example[] {
  requireArgument(Array.isArray(dataset?.examples), {
    ...{ owner: 'drawExamples', name: 'dataset', got: dataset },
    expected: 'a data set, as loadDataset gives',
  });
  const { examples, path, drawn = false } = dataset;
  for (const [name, value, least] of [
    ['count', count, 1],
    ['offset', offset, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new VdaError('usage', `drawExamples: ${name} must be an integer from ${least}, got ${value}.`);
    }
  }
  if (examples.length === 0) throw new VdaError('bad-input', `${path} has no examples to draw from.`);
  if (offset >= examples.length) {
    throw new VdaError(
      'usage',
      `${path} has only ${examples.length} examples, so leaving out ${offset} leaves none. Leave out fewer (${argument('offset')}).`,
    );
  }
  const end = Math.min(examples.length, offset + count);
  if (drawn) return examples.slice(offset, end);
  const stream = randomStream(randomKey(0, 'sample of examples'), { a: 0, b: 0 });
  const order = Array.from(permutation(examples.length, stream));
  const classes = examples.map(({ label }) => label);
  return stratifiedOrder(classes, { order, count: end })
    .slice(offset)
    .map((index) => examples[index]!);
}
