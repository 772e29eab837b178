import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { messageOf, VdaError } from '../base/error.ts';
import { readTextFile } from './text-file.ts';

/** One record of a table. */
export interface TableRow {
  /** 1-based line of the file on which it begins. */
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/** A file of records with named columns, whatever its format. */
export interface TableFile {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** SHA-256 of the bytes on disk, hex. */
  readonly sha256: string;
}

/** The fields of one record and the line on which it begins. */
interface NumberedFields {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads a table; the format goes by the name, with or without `.gz`:
 *
 * - `.tsv`, `.txt`: tab-separated, quotes are plain characters (as in GLUE), unless every name in the header is quoted;
 * - `.csv`: RFC 4180, quoted fields may hold commas, quotes (doubled) and line breaks;
 * - `.jsonl`, `.ndjson`, `.json`: one JSON object a line; numbers and booleans become text, other fields are left out.
 *
 * Empty lines are passed over.
 *
 * @param header column names of a TSV or CSV file whose first line is data already
 * @throws VdaError `usage` for another kind of file; `not-found`; `bad-input` with the line of what is wrong
 */
export function readTable(path: string, { header }: { readonly header?: readonly string[] } = {}): TableFile {
  const kind = kindOf(path);
  const { bytes, text } = readTextFile(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (kind === 'json') return { ...jsonTable(text, path), sha256 };
  const records = kind === 'csv' ? quotedRecords(text, { path, delimiter: ',' }) : tsvRecords(text, path);
  return { ...namedColumns(records, { path, ...(header && { header }) }), sha256 };
}

function kindOf(path: string): 'csv' | 'tsv' | 'json' {
  const extension = /\.([^./\\]+)$/.exec(path.replace(/\.gz$/, ''))?.[1]?.toLowerCase();
  if (extension === 'csv') return 'csv';
  if (extension === 'tsv' || extension === 'txt') return 'tsv';
  if (extension === 'jsonl' || extension === 'ndjson' || extension === 'json') return 'json';
  throw new VdaError(
    'usage',
    `${path}: cannot tell the format from the name. Expected .tsv, .csv or .jsonl, each optionally with .gz; rename it.`,
  );
}

function* numberedLines(text: string): Generator<{ readonly line: number; readonly content: string }> {
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const feed = text.indexOf('\n', start);
    const end = feed === -1 ? text.length : feed;
    const content = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    if (content.trim() !== '') yield { line, content };
    start = end + 1;
  }
}

function tsvRecords(text: string, path: string): Iterable<NumberedFields> {
  const header = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n')).trimEnd();
  const quoted = header.split('\t').every((name) => /^".*"$/.test(name));
  if (quoted) return quotedRecords(text, { path, delimiter: '\t' });
  return Array.from(numberedLines(text), ({ line, content }) => ({ line, fields: content.split('\t') }));
}

function quotedRecords(
  text: string,
  { path, delimiter }: { readonly path: string; readonly delimiter: string },
): Iterable<NumberedFields> {
  const records: NumberedFields[] = [];
  let line = 1;
  try {
    parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'], // any of them, also within one file; else the first one found counts
      relax_column_count: true, // counted here, with the line of the record's beginning
      on_record: (fields: string[], { lines }) => {
        if (fields.length > 1 || fields[0]!.trim() !== '') records.push({ line, fields });
        line = lines + 1; // lines consumed so far: the next record begins after them
        return null;
      },
    });
  } catch (thrown) {
    throw new VdaError(
      'bad-input',
      `${path}, line ${line}: the quoting of the record that begins here is broken (${messageOf(thrown)}). A quote ` +
        'inside a quoted field is written twice.',
      { cause: thrown },
    );
  }
  return records;
}

function namedColumns(
  records: Iterable<NumberedFields>,
  { path, header }: { readonly path: string; readonly header?: readonly string[] },
): Omit<TableFile, 'sha256'> {
  const [first, ...others] = records;
  const columns = header ?? first?.fields.map((name) => name.trim()) ?? [];
  const repeated = columns.find((name, i) => columns.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw new VdaError(
      'bad-input',
      `${path}, line ${first?.line ?? 1}: two columns are named "${repeated}". The first line must name the columns, each once.`,
    );
  }
  const rows = (header === undefined || first === undefined ? others : [first, ...others]).map(
    ({ line, fields }) => {
      if (fields.length !== columns.length) {
        throw new VdaError(
          'bad-input',
          `${path}, line ${line}: expected ${columns.length} fields (${columns.join(', ')}), got ${fields.length}. ` +
            'Correct or remove the line.',
        );
      }
      return { line, values: Object.fromEntries(columns.map((name, i) => [name, fields[i]!])) };
    },
  );
  return { columns, rows };
}

function jsonTable(text: string, path: string): Omit<TableFile, 'sha256'> {
  const columns = new Set<string>();
  const rows: TableRow[] = [];
  for (const { line, content } of numberedLines(text)) {
    const values: Record<string, string> = {};
    for (const [name, value] of Object.entries(jsonObject(content, { path, line }))) {
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue;
      columns.add(name);
      values[name] = String(value);
    }
    rows.push({ line, values });
  }
  return { columns: [...columns], rows };
}

function jsonObject(text: string, { path, line }: { readonly path: string; readonly line: number }): object {
  let got = 'text that is not JSON';
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
    got = Array.isArray(json) ? 'a list' : 'a single value';
  } catch (thrown) {
    got = messageOf(thrown);
  }
  throw new VdaError(
    'bad-input',
    `${path}, line ${line}: expected one JSON object a line, such as {"label": 1, "text": "…"}; got ${got}. ` +
      'A file that is one JSON list becomes lines with `jq -c ".[]" file.json`.',
  );
}
