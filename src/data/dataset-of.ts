import { VdaError } from '../base/error.ts';
import { isText, requireArgument, shown } from '../base/setting-rules.ts';
import { contentHashOf } from '../files/content-hash.ts';
import type { Dataset, Example } from './dataset.ts';
import { resolveLabels } from './labels.ts';
import { oneClassRemarks } from './one-class.ts';

/** A labelled text or pair as a program holds it. */
export interface LabelledText {
  readonly text: string;
  /** The second text of a pair; all texts of a data set have one, or none. */
  readonly textPair?: string | undefined;
  /** The name of a class, or its number. */
  readonly label: string | number;
}

/** How texts in memory become a data set. */
export interface DatasetOfOptions {
  /** The classes, in order; a label outside them is an error. Default: what the texts have, numbers by value, names sorted. */
  readonly labels?: readonly string[];
  /** What messages, records and model cards call the texts. Default `texts`. */
  readonly name?: string;
}

const owner = 'datasetOf';

/**
 * A data set of texts that are in memory, as {@link loadDataset} makes one of a file: an example's id is its place in the list,
 * labels become classes 0 to n − 1 by the same rules.
 *
 * @throws VdaError `usage` for what is no labelled text; `bad-input` for no texts, and for a label outside `labels`
 */
export function datasetOf(texts: Iterable<LabelledText>, options: DatasetOfOptions = {}): Dataset {
  const { labels: given, name = 'texts' } = options;
  requireArgument(isText(name), { owner, name: 'name', expected: 'a text that is not empty', got: name });
  const isList = given === undefined || (Array.isArray(given) && given.every(isText));
  requireArgument(isList, { owner, name: 'labels', expected: 'a list of texts', got: given });
  const isIterable = typeof texts === 'object' && texts !== null && Symbol.iterator in texts;
  const expected = 'a list of { text, label }';
  requireArgument(isIterable, { owner, name: 'texts', expected, got: texts });
  const rows = Array.from(texts);
  if (rows.length === 0) throw new VdaError('bad-input', `${owner}: ${name} is empty: there are no texts.`);
  const hasPairs = rows[0]?.textPair !== undefined;
  rows.forEach((row, i) => {
    checkRow(row, { i, hasPairs });
  });
  const cells = rows.map(({ label }, i) => ({ line: i, label: String(label).trim() }));
  const found = resolveLabels(cells, { path: name, unit: 'text', ...(given && { labels: given }) });
  const { labels, classes, warnings } = found;
  const examples = rows.map(
    ({ text, textPair }, id): Example => ({
      ...{ id, text, label: classes[id]! },
      ...(textPair !== undefined && { textPair }),
    }),
  );
  return {
    ...{ examples, labels, path: name },
    sha256: contentHashOf(examples.map((one) => JSON.stringify([one.text, one.textPair, labels[one.label]]))),
    columns: { text: 'text', label: 'label', ...(hasPairs && { textPair: 'textPair' }) },
    warnings: [...warnings, ...oneClassRemarks(examples, { what: name, labels })],
  };
}

function checkRow(
  row: LabelledText,
  { i, hasPairs }: { readonly i: number; readonly hasPairs: boolean },
): void {
  const isRow =
    typeof row === 'object' &&
    row !== null &&
    typeof row.text === 'string' &&
    (isText(row.label) || Number.isFinite(row.label));
  if (!isRow || (row.textPair !== undefined) !== hasPairs || (hasPairs && typeof row.textPair !== 'string')) {
    const expected = hasPairs ? '{ text, textPair, label }, as text 0 is' : '{ text, label }';
    throw new VdaError('usage', `${owner}: text ${i}: expected ${expected}, got ${seen(row)}.`);
  }
}

/** A wrong row, by what is wrong about it. */
function seen(row: LabelledText): string {
  if (typeof row !== 'object' || row === null) return shown(row);
  const { text, textPair, label } = row;
  const parts = { text, ...(textPair !== undefined && { textPair }), label };
  return `{ ${Object.entries(parts)
    .map(([name, value]) => `${name}: ${shown(value)}`)
    .join(', ')} }`;
}
