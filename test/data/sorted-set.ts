import type { Dataset } from '../../src/data/dataset.ts';

/** A data set sorted by class: so many examples of each. */
export const sorted = (...counts: readonly number[]): Dataset => ({
  examples: counts
    .flatMap((count, label) => Array.from({ length: count }, () => label))
    .map((label, id) => ({ id, text: `text ${id}`, label })),
  labels: counts.map((_, label) => `class ${label}`),
  path: 'texts.tsv',
  sha256: '',
  columns: { text: 'text', label: 'label' },
  warnings: [],
});
/** How many of these examples are of a class. */
export const counted = (examples: readonly { readonly label: number }[], label: number) =>
  examples.filter((example) => example.label === label).length;
