import { VdaError } from '../base/error.ts';
import { type ChosenColumns, type ColumnOptions, chooseTextColumns } from './columns.ts';
import { readTable } from './table-file.ts';

/** One text or pair to classify. */
export interface UnlabelledText {
  readonly text: string;
  readonly textPair?: string;
}

export interface UnlabelledTexts {
  readonly texts: readonly UnlabelledText[];
  /** Columns used, for saying so aloud. */
  readonly columns: Omit<ChosenColumns, 'label'>;
}

/**
 * Reads texts or pairs from TSV, CSV or JSON Lines, plain or gzipped; a label column is not needed and not read.
 * @throws VdaError `not-found`, `usage` or `bad-input`, with the 1-based line of what is wrong
 */
export function loadTexts(path: string, options: Omit<ColumnOptions, 'labelColumn'> = {}): UnlabelledTexts {
  const table = readTable(path);
  const columns = chooseTextColumns(table.columns, { path, ...options });
  const cell = (row: (typeof table.rows)[number], column: string): string => {
    const value = row.values[column];
    if (value !== undefined) return value;
    throw new VdaError(
      'bad-input',
      `${path}, line ${row.line}: "${column}" is missing or is neither text nor a number. Correct or remove the line.`,
    );
  };
  const { textPair } = columns;
  const texts = table.rows.map((row) => ({
    text: cell(row, columns.text),
    ...(textPair !== undefined && { textPair: cell(row, textPair) }),
  }));
  return { texts, columns };
}
