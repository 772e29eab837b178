import { join } from 'node:path';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { type Html, html, isolated } from './html.ts';
import { type IntervalFigure, intervalChart, intervalChartFile } from './interval-chart.ts';
import { page } from './page.ts';
import type { PrintedBlock, PrintedTable } from './printed-table.ts';
import { script } from './script.ts';

/** Everything a grid has to show. */
export interface GridReport {
  readonly title: string;
  readonly blocks: readonly PrintedBlock[];
  /** A file name, without extension, for each figure. */
  readonly figures: readonly (IntervalFigure & { readonly file: string })[];
  readonly notes: readonly string[];
  /** What must be read first. */
  readonly warnings: readonly string[];
  /** The command that makes all of it again. */
  readonly command: string;
}

/** Writes `report.html` and an SVG file for each figure into a folder. */
export async function writeGridReport(folder: string, report: GridReport): Promise<void> {
  const figures = await Promise.all(
    report.figures.map(async (figure) => ({
      path: join(folder, `${figure.file}.svg`),
      chunks: [await intervalChartFile(figure)],
    })),
  );
  writeFilesAtomically([
    ...figures,
    { path: join(folder, 'report.html'), chunks: [await renderGridReport(report)] },
  ]);
}

/** The page of a grid: its tables, its figures, and what to know of the numbers. The same input gives the same bytes. */
export async function renderGridReport(report: GridReport): Promise<string> {
  const { title, blocks, figures, notes, warnings, command } = report;
  const drawn = await Promise.all(figures.map(intervalChart));
  const body = html`${warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
${blocks.map((block, i) => section(block, i))}
${drawn.length > 0 ? html`<section aria-labelledby="figures"><h2 id="figures">Figures</h2><p class="quiet">Bars: 95 % intervals.</p><div class="figures">${drawn}</div></section>` : undefined}
<section aria-labelledby="notes">
  <h2 id="notes">What to know</h2>
  <ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>
  <pre>${command}</pre>
</section>`;
  return page({ title, body, script });
}

const section = ({ name, results, comparisons }: PrintedBlock, index: number): Html => html`
<section aria-labelledby="data-${index}">
  <h2 id="data-${index}">${name}</h2>
  ${table(results)}
  ${comparisons ? html`<h3>Example by example</h3>${table(comparisons)}` : undefined}
</section>`;

function table({ heads, rows }: PrintedTable): Html {
  const lines = rows.map(({ name, cells, first }, i) => {
    const printed = cells.map(
      ({ value, best, interval, paper }, column) => html`<td data-head="${heads[column + 1]!}">
        <b${best ? html` class="best"` : undefined}>${value}</b>
        ${interval ? html`<span class="interval">${interval}</span>` : undefined}
        ${paper ? html`<span class="paper">paper ${paper}</span>` : undefined}</td>`,
    );
    return html`<tr${first && i > 0 ? html` class="first"` : undefined}><th scope="row">${isolated(name)}</th>${printed}</tr>`;
  });
  return html`<table class="results grid"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${lines}</tbody></table>`;
}
