import { excerptList, quotedExcerpt } from '../../base/excerpt.ts';
import { sanitize } from '../../base/sanitize.ts';
import type { Dataset } from '../../data/dataset.ts';
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
      ? `text ${quotedExcerpt(columns.text)}`
      : `texts ${quotedExcerpt(columns.text)} and ${quotedExcerpt(columns.textPair)}`;
  const count = new Array<number>(labels.length).fill(0);
  for (const { label } of examples) count[label]!++;
  const counts = labels.map((name, label) => `${label} = ${name}: ${count[label]}`);
  return [
    `${path}: ${examples.length} examples; columns: ${texts}, label ${quotedExcerpt(columns.label)} (${excerptList(counts, { quote: false })}).`,
    ...warnings,
  ];
}
