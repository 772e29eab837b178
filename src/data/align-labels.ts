import { VdaError } from '../base/error.ts';
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
  const shared = own.filter((name) => labels.includes(name)).length;
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
  if (shared === own.length) {
    const classOf = own.map((name) => labels.indexOf(name));
    return {
      ...data,
      labels,
      examples: data.examples.map((one) => ({ ...one, label: classOf[one.label]! })),
    };
  }
  if (shared > 0 || own.length !== labels.length) {
    throw new VdaError(
      'bad-input',
      `${data.path}: its classes are ${quoted(own)}, but ${quoted(labels)} are expected. Use a model that was trained ` +
        'for these classes, or a file of your own.',
    );
  }
  const meaning = own.map((name, i) => `${name} = ${labels[i]}`).join(', ');
  return {
    ...data,
    labels,
    warnings: [...data.warnings, `${data.path}: classes matched by their numbers: ${meaning}.`],
  };
}
