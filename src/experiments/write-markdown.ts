import { escapeMarkdown } from '../base/escape-markdown.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { PrintedCell, PrintedTable } from '../report/printed-table.ts';
import { printedBlocks } from './printed-blocks.ts';
import type { ResultsTable } from './table.ts';

/** `table.md`: for each data set the measures with the paper's beneath them, and the comparisons example by example. */
export function writeMarkdown(results: ResultsTable): string {
  const blocks = printedBlocks(results).map(({ name, results, comparisons }) =>
    [
      `## ${escapeMarkdown(name)}`,
      table(results),
      ...(comparisons ? ['Example by example:', table(comparisons)] : []),
    ].join('\n\n'),
  );
  const remarks = [...results.remarks, ...results.notes]
    .map((note) => `- ${escapeMarkdown(note)}`)
    .join('\n');
  const warnings = results.warnings.map((warning) => `> ${escapeMarkdown(warning)}\n\n`).join('');
  return `# ${escapeMarkdown(results.title)}\n\n${warnings}${blocks.join('\n\n')}\n\n${remarks}\n`;
}

const table = ({ heads, rows }: PrintedTable): string =>
  markdownTable(heads, {
    rows: rows.map(({ name, cells }) => [escapeMarkdown(name), ...cells.map(cellText)]),
  });

function cellText({ value, best, interval, paper }: PrintedCell): string {
  const text = escapeMarkdown(value);
  const ours = [best ? `**${text}**` : text, interval ?? ''].join(' ').trim();
  return paper === undefined ? ours : `${ours}<br>paper ${paper}`;
}
