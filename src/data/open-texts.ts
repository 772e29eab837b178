import { statSync } from 'node:fs';
import { VdaError } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import {
  type ChosenColumns,
  type ColumnOptions,
  chooseTextColumns,
  placeOf,
  requireTexts,
  textNames,
} from './columns.ts';
import { isParquet, readParquet } from './parquet-table.ts';
import { wholeRecords } from './quoted-records.ts';
import { extensionOf, formatOf, hasQuotedFields, type TableRow, tableReader } from './table-file.ts';
import { isEmpty, readTextFile } from './text-file.ts';
import { linesOfPiece, type Piece, readPieces } from './text-lines.ts';
import { hasPairs, isTextAttackLog, withoutMarks } from './textattack-log.ts';

/** One text or pair to classify. */
export interface UnlabelledText {
  readonly text: string;
  readonly textPair?: string;
}

/** Texts of a file, which is read once more with each pass over them: memory does not grow with it. */
export interface UnlabelledTexts {
  readonly count: number;
  /** Columns used, for saying so aloud; absent where each line of the file is a text. */
  readonly columns?: Omit<ChosenColumns, 'label'>;
  /** What to say of how the file was read. */
  readonly remarks: readonly string[];
  /** The texts in their order, some at a time. */
  readonly read: () => AsyncGenerator<readonly UnlabelledText[]>;
}

export interface OpenTextsOptions extends Omit<ColumnOptions, 'labelColumn'> {
  /** Bytes of the file that are held at once, about; a longer record is held whole. Default 4 MiB. */
  readonly pieceSize?: number;
}

/**
 * Opens texts or pairs in TSV, CSV or JSON Lines, plain or gzipped, or in Parquet, which is held as a whole; a label column is
 * not needed and not read. A `.txt` whose first line has no tab is no table: each of its lines is a text, empty ones too, so that answers stay beside their
 * lines; its first line is a header only where it is the name of a text column (`text`, `review`, …), or where columns are
 * asked for.
 *
 * The whole file is read once to count its texts and to find what is wrong with it before anything is done with them.
 * @throws VdaError `not-found`, `usage` or `bad-input`, with the 1-based line of what is wrong
 */
export async function openTexts(
  path: string,
  { pieceSize = 2 ** 22, ...options }: OpenTextsOptions = {},
): Promise<UnlabelledTexts> {
  if (isParquet(path)) return openParquet(path, options);
  const lines = piecesOf(path, pieceSize);
  const first = await firstOf(lines());
  if (first === undefined) throw isEmpty(path);
  if (isPlain(path, first) && Object.keys(options).length === 0) {
    const read = async function* () {
      for await (const piece of lines()) yield linesOfPiece(piece).map((text) => ({ text }));
    };
    const { count, isBlank } = await counted(read);
    if (isBlank) throw isEmpty(path);
    return { count, remarks: [], read };
  }
  formatOf(path);
  const pieces = () => (hasQuotedFields(path, first.text) ? wholeRecords(lines()) : lines());
  return openTable(path, { pieces, options });
}

async function openTable(
  path: string,
  {
    pieces,
    options,
  }: {
    readonly pieces: () => AsyncIterable<Piece>;
    readonly options: Omit<ColumnOptions, 'labelColumn'>;
  },
): Promise<UnlabelledTexts> {
  const all = await scan(path, pieces());
  const unmarked = (rows: readonly TableRow[]) =>
    withoutMarks({ columns: all.columns, rows, remarks: all.remarks }, { path, isPairs: all.isPairs });
  const { columns: names, remarks } = unmarked([]);
  requireTexts({ ...all, columns: names }, { path, choose: chooseTextColumns, ...options });
  const columns = chooseTextColumns(names, { path, ...options });
  const read = async function* () {
    const reader = tableReader(path);
    for await (const piece of pieces())
      yield textsOf(unmarked(reader.read(piece)).rows, { path, names, columns });
  };
  const { count } = all.mayMiss ? await counted(read) : all;
  return { count, columns, remarks, read };
}

async function openParquet(
  path: string,
  options: Omit<ColumnOptions, 'labelColumn'>,
): Promise<UnlabelledTexts> {
  const table = await readParquet(path);
  const { columns: names, rows, remarks } = table;
  requireTexts(table, { path, choose: chooseTextColumns, ...options });
  const columns = chooseTextColumns(names, { path, ...options });
  const texts = textsOf(rows, { path, names, columns });
  const read = async function* () {
    yield texts;
  };
  return { count: texts.length, columns, remarks, read };
}

/** @throws VdaError `bad-input` with the line, of Parquet the row, that lacks a text */
function textsOf(
  rows: readonly TableRow[],
  p: {
    readonly path: string;
    readonly names: readonly string[];
    readonly columns: Omit<ChosenColumns, 'label'>;
  },
): readonly UnlabelledText[] {
  const { path, names, columns } = p;
  const { textPair } = columns;
  const cell = ({ line, fields }: TableRow, column: string): string => {
    const value = fields[placeOf(names, column)];
    if (value !== undefined) return value;
    throw new VdaError(
      'bad-input',
      `${path}, line ${line}: ${quotedExcerpt(column)} is missing or is neither text nor a number. Correct or remove the line.`,
    );
  };
  return rows.map((row) => ({
    text: cell(row, columns.text),
    ...(textPair !== undefined && { textPair: cell(row, textPair) }),
  }));
}

/** What must be known of a table before its texts are. */
async function scan(path: string, pieces: AsyncIterable<Piece>) {
  const reader = tableReader(path);
  let [count, isPairs, isBlank] = [0, false, true];
  for await (const piece of pieces) {
    isBlank &&= piece.text.trim() === '';
    const rows = reader.read(piece);
    count += rows.length;
    isPairs ||= rows.length > 0 && hasPairs({ columns: reader.columns(), rows });
  }
  if (isBlank) throw isEmpty(path);
  const columns = reader.columns();
  /** Whether a row may lack what others have. */
  const mayMiss = formatOf(path) === 'json' || isTextAttackLog(columns);
  const otherColumns = reader.otherColumns();
  return { count, columns, otherColumns, remarks: reader.remarks(), isPairs, mayMiss };
}

async function counted(read: UnlabelledTexts['read']) {
  let [count, isBlank] = [0, true];
  for await (const texts of read()) {
    count += texts.length;
    isBlank &&= texts.every(({ text }) => text.trim() === '');
  }
  return { count, isBlank };
}

/** The file piece by piece, as often as asked; what can be read but once (a pipe) is kept. */
function piecesOf(path: string, size: number): () => AsyncIterable<Piece> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile() || stats.isDirectory()) return () => readPieces(path, { size });
  const { text } = readTextFile(path);
  return async function* () {
    yield { text, line: 1 };
  };
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

/** Whether a file is a `.txt` that is no table. */
function isPlain(path: string, piece: Piece): boolean {
  if (extensionOf(path) !== 'txt') return false;
  const [first = ''] = linesOfPiece(piece);
  return !first.includes('\t') && !textNames.includes(first.trim().toLowerCase());
}
