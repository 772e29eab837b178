import { VdaError } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import { type ChosenColumns, type ColumnOptions, chooseTextColumns, placeOf, textNames } from './columns.ts';
import { extensionOf, readTable } from './table-file.ts';
import { readTextFile } from './text-file.ts';
import { splitLines } from './text-lines.ts';
import { withoutMarks } from './textattack-log.ts';

/** One text or pair to classify. */
export interface UnlabelledText {
  readonly text: string;
  readonly textPair?: string;
}

export interface UnlabelledTexts {
  readonly texts: readonly UnlabelledText[];
  /** Columns used, for saying so aloud; absent where each line of the file is a text. */
  readonly columns?: Omit<ChosenColumns, 'label'>;
  /** What to say of how the file was read. */
  readonly remarks: readonly string[];
}

/**
 * Reads texts or pairs from TSV, CSV or JSON Lines, plain or gzipped; a label column is not needed and not read. A `.txt`
 * whose first line has no tab is no table: each of its lines is a text, empty ones too, so that answers stay beside their
 * lines; its first line is a header only where it is the name of a text column (`text`, `review`, …), or where columns are
 * asked for.
 * @throws VdaError `not-found`, `usage` or `bad-input`, with the 1-based line of what is wrong
 */
export function loadTexts(path: string, options: Omit<ColumnOptions, 'labelColumn'> = {}): UnlabelledTexts {
  const lines = Object.keys(options).length === 0 ? plainLines(path) : undefined;
  if (lines !== undefined) return { texts: lines.map((text) => ({ text })), remarks: [] };
  const table = withoutMarks(readTable(path), { path });
  const columns = chooseTextColumns(table.columns, { path, ...options });
  const cell = (row: (typeof table.rows)[number], column: string): string => {
    const value = row.fields[placeOf(table.columns, column)];
    if (value !== undefined) return value;
    throw new VdaError(
      'bad-input',
      `${path}, line ${row.line}: ${quotedExcerpt(column)} is missing or is neither text nor a number. Correct or remove the line.`,
    );
  };
  const { textPair } = columns;
  const texts = table.rows.map((row) => ({
    text: cell(row, columns.text),
    ...(textPair !== undefined && { textPair: cell(row, textPair) }),
  }));
  return { texts, columns, remarks: table.remarks };
}

/** The lines of a `.txt` that is no table. */
function plainLines(path: string): readonly string[] | undefined {
  if (extensionOf(path) !== 'txt') return undefined;
  const lines = splitLines(readTextFile(path).text);
  const first = lines[0]!;
  return first.includes('\t') || textNames.includes(first.trim().toLowerCase()) ? undefined : lines;
}
