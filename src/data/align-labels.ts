import { VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import type { Dataset } from './dataset.ts';
import { foldedLabel } from './label-remarks.ts';

/**
 * A data set's examples as classes of another list of labels: a model's, or one given in another order.
 *
 * Names decide where all of the data set's are in the list, be it in another spelling (a checkpoint says `NEGATIVE, POSITIVE`), with a
 * warning then. Where none is, and there are as many, class 0 becomes class 0 and so on (a checkpoint says `LABEL_0, LABEL_1`),
 * with a warning, too.
 *
 * @throws VdaError `bad-input` when neither is so
 */
export function alignLabels<T extends Pick<Dataset, 'examples' | 'labels' | 'path' | 'warnings'>>(
  data: T,
  labels: readonly string[],
): T {
  const own = data.labels;
  if (own.length === labels.length && own.every((name, i) => name === labels[i])) return data;
  const warn = (how: string, classes: readonly number[]) => {
    const pairs = own.map((name, i) => `${name} = ${labels[classes[i]!]}`);
    return `${data.path}: classes matched by ${how}: ${excerptList(pairs, { quote: false })}.`;
  };
  const as = (classes: readonly number[], warnings: readonly string[]): T => ({
    ...data,
    labels,
    examples: data.examples.map((one) => ({ ...one, label: classes[one.label]! })),
    warnings: [...data.warnings, ...warnings],
  });
  const named = own.map((name) => labels.indexOf(name));
  const shared = named.filter((label) => label >= 0).length;
  if (shared === own.length) return as(named, []);
  const spelled = likeNames(own, labels);
  if (spelled !== undefined) return as(spelled, [warn('names that differ in spelling', spelled)]);
  if (shared > 0 || own.length !== labels.length) {
    throw new VdaError(
      'bad-input',
      `${data.path}: its classes are ${excerptList(own)}, but ${excerptList(labels)} are expected. Use a model that was trained ` +
        'for these classes, or a file of your own.',
    );
  }
  const numbers = own.map((_, label) => label);
  return as(numbers, [warn('their numbers', numbers)]);
}

/** For each name the place of it or of its like, case, spaces and the coding of characters aside; undefined where one has none, or two have one. */
export function likeNames(own: readonly string[], labels: readonly string[]): readonly number[] | undefined {
  const folded = labels.map(foldedLabel);
  const places = own.map((name) => folded.indexOf(foldedLabel(name)));
  const distinct = new Set(places).size === own.length && new Set(folded).size === labels.length;
  return distinct && !places.includes(-1) ? places : undefined;
}
