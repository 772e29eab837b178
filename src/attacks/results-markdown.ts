import { escapeMarkdown } from '../base/escape-markdown.ts';
import { provenance, type ResultRow, resultCells, resultColumns } from './result-row.ts';

/** The results as a Markdown table, with what stands behind each row beneath it; names can't mark up. */
export function resultsMarkdown(rows: readonly ResultRow[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const notes = rows.map((row) => `- ${escapeMarkdown(`${row.name}: ${provenance(row)}`)}`);
  return `${[
    line(['Model', ...resultColumns.map(({ header }) => header)]),
    line([':--', ...resultColumns.map(() => '--:')]),
    ...rows.map((row) => line([escapeMarkdown(row.name), ...resultCells(row)])),
    '',
    'In brackets: 95 % intervals.',
    '',
    ...notes,
  ].join('\n')}\n`;
}
