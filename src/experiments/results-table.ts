import { provenance, type ResultRow, resultCells, resultColumns } from '../attacks/result-row.ts';
import { resultsMarkdown } from '../attacks/results-markdown.ts';
import { sanitize } from '../base/sanitize.ts';

/** How a table is written. */
export type TableFormat = 'markdown' | 'text' | 'csv';

/**
 * The results table: a line for each row with Ori Acc, Att Acc, Success, Q Num and Perturb, each with its 95 %
 * interval, and beneath it what stands behind each row (attack, preset, filters, number of examples, errors).
 *
 * - `markdown`: for a README;
 * - `text`: aligned, for the terminal;
 * - `csv`: RFC 4180, full precision, proportions as fractions, provenance as columns; unknown numbers are empty.
 *
 * Names are made harmless: controls are shown, Markdown and spreadsheet formulas don't act.
 */
export function renderTable(rows: readonly ResultRow[], format: TableFormat): string {
  return renderers[format](rows);
}

const renderers = { markdown: resultsMarkdown, text, csv } satisfies Record<
  TableFormat,
  (rows: readonly ResultRow[]) => string
>;

const headers = ['Model', ...resultColumns.map(({ header }) => header)];

const cellsOf = (row: ResultRow): string[] => [sanitize(row.name), ...resultCells(row)];

function text(rows: readonly ResultRow[]): string {
  const lines = [headers, ...rows.map(cellsOf)];
  const widths = headers.map((_, column) => Math.max(...lines.map((cells) => [...cells[column]!].length)));
  const padded = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat(widths[column]! - [...cell].length);
        return column === 0 ? cell + space : space + cell;
      })
      .join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const notes = rows.map((row) => sanitize(`${row.name}: ${provenance(row)}`));
  return `${[padded(headers), rule, ...lines.slice(1).map(padded), '', 'In brackets: 95 % intervals.', ...notes].join('\n')}\n`;
}

function csv(rows: readonly ResultRow[]): string {
  const number = (value: number) => (Number.isFinite(value) ? String(value) : '');
  const head = [
    'Model',
    ...resultColumns.flatMap(({ header }) => [header, `${header} low`, `${header} high`]),
    'Examples',
    'Errors',
    'Timeouts',
    'Seeds',
    'Preset',
    'Filters',
  ];
  const lines = rows.map(({ name, metrics, preset, filters }) => [
    csvText(name),
    ...resultColumns.flatMap(({ key }) => {
      const { value, low, high } = metrics[key];
      return [number(value), number(low), number(high)];
    }),
    String(metrics.examples),
    String(metrics.errors),
    String(metrics.timeouts),
    String(metrics.seeds ?? 1),
    csvText(preset),
    csvText(filters.join('; ')),
  ]);
  return [head, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** A quoted field; a leading quote mark keeps spreadsheets from reading text as a formula. */
function csvText(plain: string): string {
  const harmless = /^[=+\-@]/.test(plain) ? `'${plain}` : plain;
  return `"${sanitize(harmless).replaceAll('"', '""')}"`;
}
