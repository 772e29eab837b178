import { type RandomStream, randomKey, randomStream } from '../../base/random.ts';
import type { TrainBatch } from '../train-batch.ts';
import type { Hulls } from './hulls.ts';

/** A batch whose virtual texts are wanted, one of its k samples. */
export interface HullSample {
  readonly batch: TrainBatch;
  readonly hulls: Hulls;
  readonly sample: number;
  readonly seed: number;
}

/** Random numbers of each position, by its place among those of the batch: they depend on (seed, purpose, epoch, sample, example, position). */
export function positionStreams(
  { hulls: { length }, batch, sample, seed }: HullSample,
  purpose: string,
): (place: number) => RandomStream {
  const key = randomKey(seed, purpose);
  return (place) =>
    randomStream(key, {
      a: ((sample << 24) | (place % length)) >>> 0,
      b: batch.exampleIds[Math.floor(place / length)]!,
      c: batch.epoch,
    });
}

/** Random numbers of a text, by its row: they depend on (seed, purpose, epoch, sample, example). */
export function textStreams(
  { batch, sample, seed }: HullSample,
  purpose: string,
): (row: number) => RandomStream {
  const key = randomKey(seed, purpose);
  return (row) => randomStream(key, { a: sample, b: batch.exampleIds[row]!, c: batch.epoch });
}
