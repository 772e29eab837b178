import { VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import type { Dataset } from './dataset.ts';

/**
 * A data set's examples as classes of another list of labels: a model's, or one given in another order.
 *
 * Names decide where all of the data set's are in the list. Where none is, and there are as many, class 0 becomes class 0
 * and so on (a checkpoint says `LABEL_0, LABEL_1`), with a warning.
 *
 * @throws VdaError `bad-input` when neither is so
 */
export function alignLabels(data: Dataset, labels: readonly string[]): Dataset {
  const own = data.labels;
  if (own.length === labels.length && own.every((name, i) => name === labels[i])) return data;
  const classOf = new Map(labels.map((name, i) => [name, i]));
  const shared = own.filter((name) => classOf.has(name)).length;
  if (shared === own.length) {
    return {
      ...data,
      labels,
      examples: data.examples.map((one) => ({ ...one, label: classOf.get(own[one.label]!)! })),
    };
  }
  if (shared > 0 || own.length !== labels.length) {
    throw new VdaError(
      'bad-input',
      `${data.path}: its classes are ${excerptList(own)}, but ${excerptList(labels)} are expected. Use a model that was trained ` +
        'for these classes, or a file of your own.',
    );
  }
  const meaning = excerptList(
    own.map((name, i) => `${name} = ${labels[i]}`),
    { quote: false },
  );
  return {
    ...data,
    labels,
    warnings: [...data.warnings, `${data.path}: classes matched by their numbers: ${meaning}.`],
  };
}
