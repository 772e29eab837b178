import { sanitize } from '../base/sanitize.ts';
import { type PaperMeasure, paperMeasures } from './grid.ts';
import type { ResultsTable, TableCell } from './table.ts';
import { besidePaper, interval, measureNames, shown, unknown } from './table-format.ts';

/**
 * `table.tex`: a `tabular` in the paper's layout, data sets side by side, with the packages booktabs and graphicx. Under
 * each method stand its intervals and, where given, the paper's figures.
 */
export function writeLatex({ title, columns, lines, warnings, remarks, notes }: ResultsTable): string {
  const row = (cells: readonly string[]) => `${cells.join(' & ')} \\\\`;
  const spread =
    (text: (cell: TableCell, measure: PaperMeasure) => string) => (cells: readonly TableCell[]) =>
      cells.flatMap((cell) => paperMeasures.map((measure) => text(cell, measure)));
  const values = spread((cell, measure) => {
    const value = cell.metrics ? shown(cell.metrics[measure].value, measure) : unknown;
    return cell.best.has(measure) ? `\\textbf{${value}}` : value;
  });
  const intervals = spread((cell, measure) => {
    const bounds = cell.metrics ? interval(cell.metrics[measure], measure) : '';
    return bounds === '' ? '' : `{\\scriptsize ${bounds}}`;
  });
  const theirs = spread((cell, measure) => {
    const text = besidePaper(cell, measure);
    return text === undefined ? '' : `{\\scriptsize ${latexText(text)}}`;
  });
  const body = lines.flatMap(({ row: { name, group }, cells }, i) => [
    ...(i > 0 && group !== lines[i - 1]!.row.group ? ['\\midrule'] : []),
    row([latexText(name), ...values(cells)]),
    row(['\\quad{\\scriptsize 95 \\% interval}', ...intervals(cells)]),
    ...(cells.some(({ paper }) => Object.keys(paper).length > 0)
      ? [row(['\\quad{\\scriptsize paper}', ...theirs(cells)])]
      : []),
  ]);
  return `${[
    ...[...warnings, ...notes].map((note) => `% ${sanitize(note)}`),
    '\\begin{table*}',
    '\\centering',
    '\\resizebox{\\textwidth}{!}{%',
    `\\begin{tabular}{l${'cccc'.repeat(columns.length)}}`,
    '\\toprule',
    row(['Data', ...columns.map((name) => `\\multicolumn{4}{c}{${latexText(name)}}`)]),
    row(['Metrics', ...columns.flatMap(() => paperMeasures.map((measure) => measureNames[measure]))]),
    '\\midrule',
    ...body,
    '\\bottomrule',
    '\\end{tabular}}',
    `\\caption{${[title, ...warnings, ...remarks].map(sentence).map(latexText).join(' ')}}`,
    '\\end{table*}',
  ].join('\n')}\n`;
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

const commands: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '[': '{[}', // after a line's end it would begin an option
  '−': '$-$',
  '±': '$\\pm$',
  σ: '$\\sigma$',
  ε: '$\\epsilon$',
  λ: '$\\lambda$',
};

/** Text that LaTeX prints as it stands. */
const latexText = (plain: string): string =>
  sanitize(plain).replace(/[\\[~^−±σελ&%$#_{}]/g, (character) => commands[character] ?? `\\${character}`);
