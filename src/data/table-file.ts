import { VdaError } from '../base/error.ts';
import { excerpt, excerptList } from '../base/excerpt.ts';
import { contentHash } from '../files/content-hash.ts';
import { jsonTable } from './json-table.ts';
import { type NumberedFields, quotedRecords } from './quoted-records.ts';
import { readTextFile } from './text-file.ts';

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
export function readTable(path: string, { header }: { readonly header?: readonly string[] } = {}): TableFile {
  const { bytes, text } = readTextFile(path);
  const kind = formatOf(path);
  const sha256 = contentHash(bytes);
  if (kind === 'json') return { ...jsonTable(numberedLines(text), { path, text }), sha256, remarks: [] };
  const delimiter = kind === 'csv' ? ',' : '\t';
  if (header === undefined) refuseOtherDelimiter(text, { path, delimiter });
  const records = kind === 'csv' ? quotedRecords(text, { path, delimiter }) : tsvRecords(text, path);
  const table = namedColumns(records, { path, delimiter, ...(header && { header }) });
  return { ...table, sha256, remarks: kind === 'csv' ? [] : quoteRemarks(table.rows, path) };
}

/** Where fields of a TSV look as if quotes in them were doubled: pandas quotes so, and leaves the header as it is. */
function quoteRemarks(rows: readonly TableRow[], path: string): readonly string[] {
  const isQuoted = (field: string | undefined) => /^"(?=[\s\S]*"")(?:[^"]|"")*"$/.test(field ?? '');
  const quoted = rows.filter(({ fields }) => fields.some(isQuoted));
  if (quoted.length === 0) return [];
  return [
    `${path}: ${quoted.length} of ${rows.length} lines have a field in quotes with doubled quotes inside, the first on line ` +
      `${quoted[0]!.line}. In .tsv quotes are plain characters and are read as text; where they are not meant so, save the ` +
      'table as .csv.',
  ];
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

function* numberedLines(text: string): Generator<{ readonly line: number; readonly content: string }> {
  const end = text.includes('\n') ? '\n' : '\r';
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const found = text.indexOf(end, start);
    const stop = found === -1 ? text.length : found;
    const content = text.slice(start, text[stop - 1] === '\r' ? stop - 1 : stop);
    if (content.trim() !== '') yield { line, content };
    start = stop + 1;
  }
}

function tsvRecords(text: string, path: string): Iterable<NumberedFields> {
  const [first] = numberedLines(text);
  const quoted = first?.content
    .trimEnd()
    .split('\t')
    .every((name) => /^".*"$/.test(name));
  if (quoted) return quotedRecords(text, { path, delimiter: '\t' });
  return Array.from(numberedLines(text), ({ line, content }) => ({ line, fields: content.split('\t') }));
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
  for (const { content } of numberedLines(text)) if (first.push(content) === 2) break;
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

function namedColumns(
  records: Iterable<NumberedFields>,
  {
    path,
    delimiter,
    header,
  }: { readonly path: string; readonly delimiter: string; readonly header?: readonly string[] },
): Pick<TableFile, 'columns' | 'rows'> {
  const [first, ...others] = records;
  const columns = header ?? first?.fields.map((name) => name.trim()) ?? [];
  const rows = header === undefined || first === undefined ? others : [first, ...others];
  for (const { line, fields } of rows) {
    if (fields.length === columns.length) continue;
    throw new VdaError(
      'bad-input',
      `${path}, line ${line}: expected ${columns.length} fields (${excerptList(columns, { quote: false })}), got ` +
        `${fields.length}.${hint(fields, delimiter)} Correct or remove the line.`,
    );
  }
  return { columns, rows };
}

/** What may be the reason for a wrong number of fields. */
function hint(fields: readonly string[], delimiter: string): string {
  if (fields.some((field) => field.includes('\r')))
    return ' It holds a carriage return, which ends a line only where no line ends otherwise: use one kind of line end.';
  if (delimiter === '\t' && fields.some((field) => /^"|"$/.test(field)))
    return ' Quotes are plain characters in .tsv; a field that holds a tab or a line break needs .csv.';
  return '';
}
