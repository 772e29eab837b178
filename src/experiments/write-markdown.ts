import { escapeMarkdown } from '../base/escape-markdown.ts';
import { paperMeasures } from './grid.ts';
import type { ResultsTable, TableCell } from './table.ts';
import {
  besidePaper,
  comparisonCells,
  comparisonHeads,
  examplesOf,
  interval,
  measureNames,
  seedsOf,
  shown,
  unknown,
} from './table-format.ts';

/** `table.md`: for each data set the measures with the paper's beneath them, and the comparisons example by example. */
export function writeMarkdown({ title, columns, lines, notes }: ResultsTable): string {
  const blocks = columns.map((column, i) => {
    const rows = lines.map(({ row, cells }) => [escapeMarkdown(row.name), ...measures(cells[i]!)]);
    const comparisons = lines.flatMap(({ row, cells }) => {
      const { comparison } = cells[i]!;
      return comparison ? [[row.name, ...comparisonCells(comparison)].map(escapeMarkdown)] : [];
    });
    return [
      `## ${escapeMarkdown(column)}`,
      table(['Method', ...paperMeasures.map((measure) => measureNames[measure]), 'Seeds', 'Examples'], rows),
      ...(comparisons.length > 0
        ? ['Example by example:', table(['Method', ...comparisonHeads], comparisons)]
        : []),
    ].join('\n\n');
  });
  const remarks = notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n');
  return `# ${escapeMarkdown(title)}\n\n${blocks.join('\n\n')}\n\n${remarks}\n`;
}

function measures(cell: TableCell): readonly string[] {
  const figures = paperMeasures.map((measure) => {
    const estimate = cell.metrics?.[measure];
    const value = estimate ? shown(estimate.value, measure) : unknown;
    const ours = cell.best.has(measure) ? `**${value}**` : value;
    const theirs = besidePaper(cell, measure);
    return (
      `${ours} ${estimate ? interval(estimate, measure) : ''}`.trim() + (theirs ? `<br>paper ${theirs}` : '')
    );
  });
  return [...figures, seedsOf(cell), examplesOf(cell)];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, i) => (i === 0 ? ':--' : '--:'));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}
