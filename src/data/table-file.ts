import { VdaError } from '../base/error.ts';
import { excerpt, excerptList } from '../base/excerpt.ts';
import { contentHash } from '../files/content-hash.ts';
import { jsonReader } from './json-table.ts';
import { type NumberedFields, quotedRecords } from './quoted-records.ts';
import { readTextFile } from './text-file.ts';
import type { Piece } from './text-lines.ts';

/** One record of a table. */
export interface TableRow {
  /** 1-based line of the file on which it begins. */
  readonly line: number;
  /** By the place of its column; undefined where a record of JSON has no such field. */
  readonly fields: readonly (string | undefined)[];
}

/** A file of records with named columns, whatever its format. */
export interface TableFile {
  /** Names by place. Some may be empty, or stand there twice: only columns that are read need a name of their own. */
  readonly columns: readonly string[];
  /** Columns of the file that hold no texts, numbers or truth values, and are none of these. */
  readonly otherColumns?: readonly string[];
  readonly rows: readonly TableRow[];
  /** SHA-256 of the bytes on disk, hex. */
  readonly sha256: string;
  /** What to say of how the file was read. */
  readonly remarks: readonly string[];
}

/**
 * Reads a table; the format goes by the name, with or without `.gz`:
 *
 * - `.tsv`, `.txt`: tab-separated, quotes are plain characters (as in GLUE), unless every name in the header is quoted;
 * - `.csv`: RFC 4180, quoted fields may hold commas, quotes (doubled) and line breaks;
 * - `.jsonl`, `.ndjson`, `.json`: one JSON object a line; numbers and booleans become text, other fields are left out.
 *
 * Empty lines are passed over. Lines end with `\n`, `\r\n` or, in a file without `\n` (and in CSV), `\r`.
 *
 * @param header column names of a TSV or CSV file whose first line is data already
 * @throws VdaError `usage` for another kind of name; `not-found`; `bad-input` with the line of what is wrong, or with what
 *   the file is instead
 */
export function readTable(path: string, options: { readonly header?: readonly string[] } = {}): TableFile {
  const { bytes, text } = readTextFile(path);
  const reader = tableReader(path, options);
  const rows = reader.read({ text, line: 1 });
  const [columns, otherColumns] = [reader.columns(), reader.otherColumns()];
  return { columns, otherColumns, rows, sha256: contentHash(bytes), remarks: reader.remarks() };
}

/** Reads a table piece by piece, so that memory need not grow with the file. */
export interface TableReader {
  /**
   * The rows of the next piece, which ends where a record does ({@link hasQuotedFields}).
   * @throws VdaError `bad-input` with the line of what is wrong, or with what the file is instead
   */
  read(piece: Piece): readonly TableRow[];
  /** Those so far: of JSON Lines, the fields of all records read. @throws VdaError `bad-input` where there are none */
  columns(): readonly string[];
  /** Columns that hold no texts, numbers or truth values. */
  otherColumns(): readonly string[];
  /** What to say of what was read. */
  remarks(): readonly string[];
}

/**
 * A reader of tables in the format that the name of a file stands for ({@link readTable}).
 * @throws VdaError `usage` for a name that stands for none
 */
export function tableReader(
  path: string,
  { header }: { readonly header?: readonly string[] } = {},
): TableReader {
  const kind = formatOf(path);
  if (kind !== 'json') return delimitedReader(path, { kind, ...(header && { header }) });
  const { read, ...names } = jsonReader(path);
  return { read: (piece) => read(numberedLines(piece), piece.text), ...names, remarks: () => [] };
}

function delimitedReader(
  path: string,
  { kind, header }: { readonly kind: 'csv' | 'tsv'; readonly header?: readonly string[] },
): TableReader {
  const delimiter = kind === 'csv' ? ',' : '\t';
  const quotes = quoteRemarks(path);
  let columns = header;
  let isQuoted: boolean | undefined;
  return {
    read(piece) {
      if (isQuoted === undefined && header === undefined)
        refuseOtherDelimiter(piece.text, { path, delimiter });
      isQuoted ??= hasQuotedFields(path, piece.text);
      const records = isQuoted ? quotedRecords(piece, { path, delimiter }) : tabbedRecords(piece);
      const rows: NumberedFields[] = [];
      for (const record of records) {
        if (columns === undefined) {
          columns = record.fields.map((name) => name.trim());
          continue;
        }
        requireFields(record, { path, delimiter, columns });
        rows.push(record);
      }
      if (kind === 'tsv') quotes.see(rows);
      return rows;
    },
    columns: () => columns ?? [],
    otherColumns: () => [],
    remarks: quotes.remarks,
  };
}

/**
 * Whether fields of a table may be quoted, so that a record may go over several lines: in CSV, and in a TSV whose header is quoted.
 * @param text its beginning
 */
export function hasQuotedFields(path: string, text: string): boolean {
  const kind = formatOf(path);
  if (kind !== 'tsv') return kind === 'csv';
  const [first] = numberedLines({ text, line: 1 });
  const names = first?.content.trimEnd().split('\t') ?? [];
  return names.length > 0 && names.every((name) => /^".*"$/.test(name));
}

/** Where fields of a TSV look as if quotes in them were doubled: pandas quotes so, and leaves the header as it is. */
function quoteRemarks(path: string) {
  const isQuoted = (field: string | undefined) => /^"(?=[\s\S]*"")(?:[^"]|"")*"$/.test(field ?? '');
  let [rows, quoted, firstLine] = [0, 0, 0];
  return {
    see: (more: readonly TableRow[]): void => {
      rows += more.length;
      for (const { line, fields } of more) {
        if (!fields.some(isQuoted)) continue;
        if (quoted++ === 0) firstLine = line;
      }
    },
    remarks: (): readonly string[] =>
      quoted === 0
        ? []
        : [
            `${path}: ${quoted} of ${rows} lines have a field in quotes with doubled quotes inside, the first on line ` +
              `${firstLine}. In .tsv quotes are plain characters and are read as text; where they are not meant so, save the ` +
              'table as .csv.',
          ],
  };
}

/**
 * The format that a file's name stands for.
 * @throws VdaError `usage` for a name that stands for none
 */
export function formatOf(path: string): 'csv' | 'tsv' | 'json' {
  const extension = extensionOf(path);
  if (extension === 'csv') return 'csv';
  if (extension === 'tsv' || extension === 'txt') return 'tsv';
  if (extension === 'jsonl' || extension === 'ndjson' || extension === 'json') return 'json';
  throw new VdaError(
    'usage',
    `${path}: cannot tell the format from the name. Expected .tsv, .csv or .jsonl, each optionally with .gz; rename it.`,
  );
}

/** What stands behind the last dot of a file's name, without `.gz`, in small letters. */
export const extensionOf = (path: string): string | undefined =>
  /\.([^./\\]+)$/.exec(path.replace(/\.gz$/i, ''))?.[1]?.toLowerCase();

/** Those lines of a piece that are not empty. */
function* numberedLines({ text, line: firstLine }: Piece): Generator<{
  readonly line: number;
  readonly content: string;
}> {
  const end = firstLine > 1 || text.includes('\n') ? '\n' : '\r';
  let line = firstLine;
  for (let start = 0; start < text.length; line++) {
    const found = text.indexOf(end, start);
    const stop = found === -1 ? text.length : found;
    const content = text.slice(start, text[stop - 1] === '\r' ? stop - 1 : stop);
    if (content.trim() !== '') yield { line, content };
    start = stop + 1;
  }
}

function* tabbedRecords(piece: Piece): Generator<NumberedFields> {
  for (const { line, content } of numberedLines(piece)) yield { line, fields: content.split('\t') };
}

const separators: Readonly<Record<string, string>> = {
  ',': 'commas (.csv)',
  '\t': 'tabs (.tsv)',
  ';': 'semicolons',
  '|': 'vertical bars',
};

/**
 * @throws VdaError `bad-input` where the first two lines are one field each by the file's own separator, and the same
 *   number of several by another
 */
function refuseOtherDelimiter(
  text: string,
  { path, delimiter }: { readonly path: string; readonly delimiter: string },
): void {
  const first: string[] = [];
  for (const { content } of numberedLines({ text, line: 1 })) if (first.push(content) === 2) break;
  if (first.length < 2 || first.some((line) => countFields(line, delimiter) > 1)) return;
  const other = Object.keys(separators).find((separator) => {
    const [header, row] = first.map((line) => countFields(line, separator));
    return header! > 1 && header === row;
  });
  if (other === undefined) return;
  throw new VdaError(
    'bad-input',
    `${path}: its fields seem to be separated by ${separators[other]}, not by ${separators[delimiter]}: its first line is ` +
      `"${excerpt(first[0]!)}". ${other === ',' || other === '\t' ? `Rename it to ${other === ',' ? '.csv' : '.tsv'}` : 'Save it with commas, or with tabs as .tsv'}; ` +
      'if it is one column of texts, give that a name in a line above them.',
  );
}

/** Fields of a line, where a separator between quotes does not count. */
const countFields = (line: string, separator: string): number =>
  line.replace(/"[^"]*"/g, '').split(separator).length;

function requireFields(
  { line, fields }: NumberedFields,
  {
    path,
    delimiter,
    columns,
  }: { readonly path: string; readonly delimiter: string; readonly columns: readonly string[] },
): void {
  if (fields.length === columns.length) return;
  throw new VdaError(
    'bad-input',
    `${path}, line ${line}: expected ${columns.length} fields (${excerptList(columns, { quote: false })}), got ` +
      `${fields.length}.${hint(fields, delimiter)} Correct or remove the line.`,
  );
}

/** What may be the reason for a wrong number of fields. */
function hint(fields: readonly string[], delimiter: string): string {
  if (fields.some((field) => field.includes('\r')))
    return ' It holds a carriage return, which ends a line only where no line ends otherwise: use one kind of line end.';
  if (delimiter === '\t' && fields.some((field) => /^"|"$/.test(field)))
    return ' Quotes are plain characters in .tsv; a field that holds a tab or a line break needs .csv.';
  return '';
}
