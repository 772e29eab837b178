import { VdaError } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { isFolder, writtenPlace } from '../files/paths.ts';
import type { Dataset } from './dataset.ts';

type Written = Pick<Dataset, 'examples' | 'labels' | 'columns'>;

/**
 * Whether a file can hold labelled texts: to be asked before work that ends in {@link writeDataset}.
 * @throws VdaError `usage` for a name that ends otherwise; `bad-input` for a folder, and for a text, a label or a column with a tab or a
 *   line's end, which a `.tsv` cannot hold
 */
export function checkDatasetFile(path: string, data: Written): void {
  if (isFolder(path)) throw new VdaError('bad-input', `${path} is a folder; expected the name of a file.`);
  if (path.endsWith('.jsonl')) return;
  if (!path.endsWith('.tsv')) {
    throw new VdaError('usage', `${path}: expected a name that ends with .tsv or .jsonl.`);
  }
  const field = linesOf(data)
    .flat()
    .find((one) => /[\t\r\n]/.test(one));
  if (field === undefined) return;
  throw new VdaError(
    'bad-input',
    `${path}: ${quotedExcerpt(field)} holds a tab or a line's end, which .tsv cannot. Choose a name that ends with .jsonl.`,
  );
}

/**
 * Writes labelled texts as a file that `loadDataset` reads back: `.tsv`, or JSON Lines for `.jsonl`, with the columns that the data
 * set has.
 * @throws VdaError as {@link checkDatasetFile}
 */
export function writeDataset(path: string, data: Written): void {
  checkDatasetFile(path, data);
  const [names, ...rows] = linesOf(data);
  const chunks = path.endsWith('.tsv')
    ? [names, ...rows].map((line) => `${line.join('\t')}\n`)
    : rows.map((row) => `${JSON.stringify(Object.fromEntries(row.map((field, i) => [names[i], field])))}\n`);
  writeFilesAtomically([{ path: writtenPlace(path), chunks }]);
}

/** The names of the columns, and below them the fields of each example. */
function linesOf({ examples, labels, columns }: Written): readonly [readonly string[], ...string[][]] {
  const { label: labelColumn, text: textColumn, textPair: pairColumn } = columns;
  const pair = (field: string | undefined) => (field === undefined ? [] : [field]);
  return [
    [labelColumn, textColumn, ...pair(pairColumn)],
    ...examples.map(({ text, textPair = '', label }) => [
      ...[labels[label]!, text],
      ...pair(pairColumn && textPair),
    ]),
  ];
}
