import { parse } from 'csv-parse/sync';
import { VdaError } from '../base/error.ts';
import { countFeeds, type Piece } from './text-lines.ts';

/** The fields of one record and the 1-based line on which it begins. */
export interface NumberedFields {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What csv-parse says is wrong, in our words; it would quote the file. */
const problems: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote',
  INVALID_OPENING_QUOTE: 'a quote opens inside a field, after a space perhaps',
};

/**
 * The records of delimited text whose fields may be quoted (RFC 4180), empty ones left out.
 * @throws VdaError `bad-input` with the line on which the record with broken quotes begins
 */
export function quotedRecords(
  { text, line: firstLine }: Piece,
  { path, delimiter }: { readonly path: string; readonly delimiter: string },
): Iterable<NumberedFields> {
  const records: NumberedFields[] = [];
  let line = firstLine;
  try {
    parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'], // any of them, also within one file; else the first one found counts
      relax_column_count: true, // counted here, with the line of the record's beginning
      on_record: (fields: string[], { lines }) => {
        if (fields.length > 1 || fields[0]!.trim() !== '') records.push({ line, fields });
        line = firstLine + lines; // lines consumed so far: the next record begins after them
        return null;
      },
    });
  } catch (thrown) {
    const code = String((thrown as { code?: unknown }).code);
    const problem = Object.hasOwn(problems, code) ? ` (${problems[code]})` : '';
    throw new VdaError(
      'bad-input',
      `${path}, line ${line}: the quoting of the record that begins here is broken${problem}. A quoted field has its ` +
        'quotes at its very ends, and a quote inside it is written twice, not after a backslash.',
      { cause: thrown },
    );
  }
  return records;
}

/** Where the last whole record of a text ends: after the last line feed outside of quotes; 0 where there is none. */
function endOfRecords(text: string): number {
  let [isQuoted, end] = [false, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) isQuoted = !isQuoted;
    else if (code === 0x0a && !isQuoted) end = i + 1;
  }
  return end;
}

/**
 * Pieces that end where records with quoted fields do, of pieces that end where lines do.
 * @param options.longest most characters of a piece: beyond them a quote is taken never to be closed, and the piece goes as it is
 */
export async function* wholeRecords(
  pieces: AsyncIterable<Piece>,
  { longest = 2 ** 26 }: { readonly longest?: number } = {},
): AsyncGenerator<Piece> {
  let rest: Piece = { text: '', line: 1 };
  for await (const { text } of pieces) {
    const all = rest.text + text;
    const end = all.length > longest ? all.length : endOfRecords(all);
    if (end > 0) yield { text: all.slice(0, end), line: rest.line };
    rest = { text: all.slice(end), line: rest.line + countFeeds(all.slice(0, end)) };
  }
  if (rest.text !== '') yield rest;
}
