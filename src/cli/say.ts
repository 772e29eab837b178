import { sanitize } from '../base/sanitize.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Io } from './io.ts';

/** Prints remarks on stderr, a line each, harmless whatever they quote. */
export const sayTo =
  ({ stderr }: Pick<Io, 'stderr'>) =>
  (line: string): void => {
    stderr.write(`${sanitize(line)}\n`);
  };

/** What was read from a data file, and how: the columns and what the labels became. */
export function datasetRemarks({ path, examples, columns, labels, warnings }: Dataset): readonly string[] {
  const texts =
    columns.textPair === undefined
      ? `text "${columns.text}"`
      : `texts "${columns.text}" and "${columns.textPair}"`;
  const counts = labels.map((name, label) => {
    const count = examples.filter((example) => example.label === label).length;
    return `${label} = ${name}: ${count}`;
  });
  return [
    `${path}: ${examples.length} examples; columns: ${texts}, label "${columns.label}" (${counts.join(', ')}).`,
    ...warnings,
  ];
}
