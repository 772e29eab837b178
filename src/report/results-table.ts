import { escapeMarkdown } from '../base/escape-markdown.ts';
import { excerptList } from '../base/excerpt.ts';
import { sanitize } from '../base/sanitize.ts';
import { checkSettings } from '../base/setting-rules.ts';
import { settingsLine } from '../runs/settings-line.ts';
import { markdownTable } from './markdown-table.ts';
import {
  formatEstimate,
  intervalsSaid,
  provenanceLines,
  type ResultRow,
  resultColumns,
} from './result-row.ts';
import { warningsOf } from './row-warnings.ts';
import { textTable } from './text-table.ts';

/** How a table is written. */
export interface TableFormat {
  readonly format: 'markdown' | 'text' | 'csv';
  /** Of `text`: the width of the terminal in characters; what is wider stands row by row. Default: none. */
  readonly columns?: number | undefined;
}

/**
 * The results table: a line for each row with Ori Acc, Att Acc, Success, Q Num and Perturb, each with its 95 %
 * interval; before it what must be read first (settings that differ, models that answer one class), and beneath it what stands
 * behind each row (attack, preset, filters, masked LM, texts, endings) and all settings of the attacks.
 *
 * - `markdown`: for a README;
 * - `text`: aligned, for the terminal; all settings are for the pages, which have them folded;
 * - `csv`: RFC 4180, full precision, proportions as fractions, provenance as columns; unknown numbers are empty.
 *
 * Names are made harmless: controls are shown, Markdown and spreadsheet formulas don't act.
 * @throws VdaError `usage` for another format
 */
export function renderTable(rows: readonly ResultRow[], { format, columns }: TableFormat): string {
  checkSettings('renderTable', { format }, { rules: { format: { kind: 'choice', choices: renderers } } });
  return renderers[format](rows, columns);
}

const renderers = { markdown, text, csv } satisfies Record<
  TableFormat['format'],
  (rows: readonly ResultRow[], columns?: number) => string
>;

const headers = ['Model', ...resultColumns.map(({ header }) => header)];

/** The measures of a row. */
const measuresOf = ({ metrics }: ResultRow): readonly string[] =>
  resultColumns.map(({ key, unit }) => formatEstimate(metrics[key], unit));

/** The rows that are attacks: a worst case has no settings of its own. */
const attacksOf = (rows: readonly ResultRow[]) => rows.filter(({ worstOf }) => worstOf === undefined);

/** All settings of the attacks, where they are recorded: a line for those that are alike. */
function settingsOf(all: readonly ResultRow[]): readonly string[] {
  const rows = attacksOf(all);
  const lines = new Map<string, string[]>();
  for (const { name, provenance } of rows) {
    if (provenance === undefined) continue;
    const line = settingsLine(provenance);
    lines.set(line, [...(lines.get(line) ?? []), name]);
  }
  return [...lines].map(([line, names]) =>
    names.length === rows.length
      ? `Settings of the attack: ${line}.`
      : `Settings of the attack on ${excerptList(names, { quote: false })}: ${line}.`,
  );
}

/** What stands behind the rows. */
function notesOf(rows: readonly ResultRow[]): readonly string[] {
  const { shared, lines } = provenanceLines(rows);
  return [
    ...(shared === undefined ? [] : [`Attacked by ${shared}.`]),
    ...lines.map(([{ name }, line]) => `${name}: ${line}`),
  ];
}

function markdown(rows: readonly ResultRow[]): string {
  const warnings = warningsOf(attacksOf(rows)).map((warning) => `> ${escapeMarkdown(warning)}\n`);
  return `${[
    ...warnings,
    markdownTable(headers, { rows: rows.map((row) => [escapeMarkdown(row.name), ...measuresOf(row)]) }),
    '',
    intervalsSaid,
    '',
    ...[...notesOf(rows), ...settingsOf(rows)].map((note) => `- ${escapeMarkdown(note)}`),
  ].join('\n')}\n`;
}

function text(rows: readonly ResultRow[], columns?: number): string {
  const cells = rows.map((row) => [sanitize(row.name), ...measuresOf(row)]);
  const notes = notesOf(rows).map((note) => sanitize(note));
  const warnings = warningsOf(attacksOf(rows)).flatMap((warning) => [sanitize(warning), '']);
  return `${[...warnings, ...textTable(headers, { rows: cells, columns }), '', intervalsSaid, ...notes].join('\n')}\n`;
}

function csv(rows: readonly ResultRow[]): string {
  const number = (value: number) => (Number.isFinite(value) ? String(value) : '');
  const head = [
    'Model',
    ...resultColumns.flatMap(({ header }) => [header, `${header} low`, `${header} high`]),
    'Examples',
    'Out of queries',
    'Nothing to change',
    'Errors',
    'Timeouts',
    'Counted as robust',
    'Seeds',
    'Preset',
    'Filters',
    'Note',
    'Settings',
    'Predictions',
  ];
  const lines = rows.map((row) => {
    const { name, metrics, preset, filters, note = '' } = row;
    return [
      csvText(name),
      ...resultColumns.flatMap(({ key }) => {
        const { value, low, high } = metrics[key];
        return [number(value), number(low), number(high)];
      }),
      String(metrics.examples),
      String(metrics.outOfQueries),
      String(metrics.nothingToChange),
      String(metrics.errors),
      String(metrics.timeouts),
      csvText(metrics.robustEndings.join('; ')),
      String(metrics.seeds),
      csvText(preset),
      csvText(filters.join('; ')),
      csvText(note),
      csvText(settingsLine(row.provenance ?? [])),
      csvText((row.problems ?? []).map(({ remark }) => remark).join('; ')),
    ];
  });
  return [head, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** A quoted field; a leading quote mark keeps spreadsheets from reading text as a formula. */
export function csvText(plain: string): string {
  const harmless = /^[=+\-@]/.test(plain) ? `'${plain}` : plain;
  return `"${sanitize(harmless).replaceAll('"', '""')}"`;
}
