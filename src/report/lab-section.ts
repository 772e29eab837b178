import { isSignificant } from '../evaluation/paired-comparison.ts';
import { points, pointsInterval } from './comparison.ts';
import { type Html, html, isolated } from './html.ts';
import { blockTitle, type Lab, type LabBlock, type LabCell, type LabLine } from './lab.ts';
import type { ReportRow } from './report-input.ts';
import { formatInterval, formatMeasure, formatPValue } from './result-row.ts';
import { curveFigures, curvesSaid } from './robustness-curves-section.ts';
import { modelWarnings } from './row-warnings.ts';
import { comparisonTable, resultsTable } from './summary-section.ts';

/** What the page of a {@link Lab} opens with: for each profile accuracy by attack and model, the comparisons, the curves, all measures. */
export async function labSection(
  lab: Lab,
  { rows, worstCases }: { readonly rows: readonly ReportRow[]; readonly worstCases: readonly ReportRow[] },
): Promise<Html> {
  const warnings = modelWarnings(rows).map((warning) => html`<p class="warning">${warning}</p>`);
  return html`
<section aria-labelledby="lab">
  ${warnings}
  <h2 id="lab">Attacks and models</h2>
  <p class="quiet">Accuracy under attack (Att Acc), of all texts, with its 95 % interval; beneath it, against ${isolated(lab.models[0]!)} example by example on
    the texts that both had right before: difference in points, and p corrected for the ${lab.comparisons.compared.length} comparisons of this page (McNemar, Holm). <b>*</b>: the data
    tell the two apart. Worst case: a text counts only if it survives every attack under the profile.</p>
  ${lab.blocks.map((block) => matrix(lab, block))}
  <details><summary>Example by example</summary>${comparisonTable(lab.comparisons, lab.models[0]!)}</details>
  <details><summary>All measures of every attack</summary>${resultsTable(rows, worstCases)}</details>
</section>
<section aria-labelledby="attack-curves">
  <h2 id="attack-curves">Attack by attack, by effort</h2>
  <p class="quiet">${curvesSaid}</p>
  ${await Promise.all(lab.blocks.map(curvesOf))}
</section>`;
}

function matrix({ models }: Lab, block: LabBlock): Html {
  const before = html`<tr><th scope="row">no attack</th>${models.map((model, i) => oriAccCell(model, block, i))}</tr>`;
  const lines = block.lines.map(
    ({ attack, cells }) =>
      html`<tr><th scope="row">${isolated(attack)}</th>${cells.map((cell, i) => attAccCell(models[i]!, cell))}</tr>`,
  );
  return html`
  <h3>${blockTitle(block)}</h3>
  <table class="results">
    <thead><tr><th scope="col">Attack</th>${models.map((model) => html`<th scope="col">${isolated(model)}</th>`)}</tr></thead>
    <tbody>${before}${lines}</tbody>
  </table>`;
}

function oriAccCell(model: string, { lines }: LabBlock, column: number): Html {
  const first = lines.map(({ cells }) => cells[column]).find((cell) => cell !== undefined);
  if (first === undefined) return html`<td data-head="${model}">–</td>`;
  const { oriAcc } = first.row.metrics;
  return html`<td data-head="${model}"><b>${formatMeasure(oriAcc.value, 'percent')}</b> <span class="interval">${formatInterval(oriAcc, 'percent')}</span></td>`;
}

function attAccCell(model: string, cell: LabCell | undefined): Html {
  if (cell === undefined) return html`<td data-head="${model}">–</td>`;
  const { row, compared } = cell;
  const { attAcc } = row.metrics;
  const against =
    compared === undefined
      ? undefined
      : html`<span class="paper">${points(compared.comparison.difference.value)} ${pointsInterval(compared.comparison.difference)}, p ${formatPValue(compared.comparison.adjustedP)}${isSignificant(compared.comparison) ? html` <b>*</b>` : undefined}</span>`;
  return html`<td data-head="${model}"><b>${formatMeasure(attAcc.value, 'percent')}</b> <span class="interval">${formatInterval(attAcc, 'percent')}</span>${against}</td>`;
}

/** The curves of every attack alone; of the worst case a sum of queries says little. */
async function curvesOf(block: LabBlock): Promise<Html> {
  const alone = block.lines.filter(({ cells }) =>
    cells.some((cell) => cell && cell.row.worstOf === undefined),
  );
  const figures = await Promise.all(
    alone.map(async ({ attack, cells }: LabLine) => {
      const drawn = cells.flatMap((cell, index) =>
        cell === undefined ? [] : [{ row: { ...cell.row, name: cell.row.attacked!.model }, index }],
      );
      return html`<h3>${isolated(attack)}</h3>${await curveFigures(drawn)}`;
    }),
  );
  return html`<details><summary>${blockTitle(block)}</summary>${figures}</details>`;
}
