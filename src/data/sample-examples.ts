import { VdaError } from '../base/error.ts';
import { randomKey, randomStream, sample } from '../base/random.ts';
import type { Dataset } from './dataset.ts';

/**
 * A random subsample of a data set (without replacement), in the order of the file. The draw depends on the number of examples
 * and on nothing else (no `--seed`: seeds are compared on the same texts); a smaller draw is part of a larger one.
 *
 * @param count examples to draw; 0, or more than there are, for all
 * @throws VdaError `bad-input` where those drawn are of one class
 */
export function sampleExamples(dataset: Dataset, count: number): Dataset {
  const { examples, labels, path } = dataset;
  if (count === 0 || count >= examples.length) return dataset;
  const stream = randomStream(randomKey(0, 'sample of examples'), { a: 0, b: 0 });
  const drawn = sample(examples.length, count, stream).map((index) => examples[index]!);
  if (drawn.every(({ label }) => label === drawn[0]!.label)) {
    throw new VdaError(
      'bad-input',
      `${path}: the ${count} examples drawn are all "${labels[drawn[0]!.label]}". Draw more.`,
    );
  }
  return { ...dataset, examples: drawn };
}
