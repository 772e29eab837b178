import { VdaError } from '../base/error.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { writtenPlace } from '../files/paths.ts';
import type { Dataset } from './dataset.ts';

/**
 * Writes labelled texts as a file that `loadDataset` reads back: `.tsv`, or JSON Lines for `.jsonl`, with the columns that the data
 * set has.
 * @throws VdaError `usage` for another name; `bad-input` for a text with a tab or a line's end, which a `.tsv` cannot hold
 */
export function writeDataset(
  path: string,
  { examples, labels, columns }: Pick<Dataset, 'examples' | 'labels' | 'columns'>,
): void {
  const rows = examples.map(({ text, textPair, label }) => [
    [columns.label, labels[label]!] as const,
    [columns.text, text] as const,
    ...(columns.textPair === undefined ? [] : [[columns.textPair, textPair ?? ''] as const]),
  ]);
  const place = writtenPlace(path);
  if (path.endsWith('.jsonl')) {
    writeFilesAtomically([
      { path: place, chunks: rows.map((row) => `${JSON.stringify(Object.fromEntries(row))}\n`) },
    ]);
    return;
  }
  if (!path.endsWith('.tsv')) {
    throw new VdaError('usage', `${path}: expected a name that ends with .tsv or .jsonl.`);
  }
  const names = [columns.label, columns.text, ...(columns.textPair === undefined ? [] : [columns.textPair])];
  const fields = [names, ...rows.map((row) => row.map(([, field]) => field))];
  const broken = fields.findIndex((line) => line.some((field) => /[\t\r\n]/.test(field)));
  if (broken >= 0) {
    throw new VdaError(
      'bad-input',
      `${path}, line ${broken + 1}: the text holds a tab or a line's end, which .tsv cannot. Choose a name that ends with .jsonl.`,
    );
  }
  writeFilesAtomically([{ path: place, chunks: fields.map((line) => `${line.join('\t')}\n`) }]);
}
