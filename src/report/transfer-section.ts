import { type Html, html, isolated } from './html.ts';
import type { ReportRow } from './report-input.ts';
import { formatInterval, formatMeasure } from './result-row.ts';
import { type TransferMatrix, transferMatrix } from './transfer-matrix.ts';

/** The {@link transferMatrix} of the page; nothing where no row is a replay of texts with originals. */
export function transferSection(rows: readonly ReportRow[]): Html {
  const matrix = transferMatrix(rows);
  return matrix === undefined ? html`` : shown(matrix);
}

function shown({ models, lines }: TransferMatrix): Html {
  const body = lines.map(({ texts, cells }) => {
    const each = cells.map((rates, i) => {
      const said = rates.map(
        (rate) => html`<b>${formatMeasure(rate.value, 'percent')}</b>
        <span class="interval">${formatInterval(rate, 'percent')}</span>`,
      );
      return html`<td data-head="${models[i]!}">${said.length > 0 ? said : '–'}</td>`;
    });
    return html`<tr><th scope="row">${isolated(texts)}</th>${each}</tr>`;
  });
  const heads = models.map((model) => html`<th scope="col">${isolated(model)}</th>`);
  return html`
<section aria-labelledby="transfer">
  <h2 id="transfer">Transfer</h2>
  <p class="quiet">Of the texts that an attack found against one model (rows), how many fool another (columns), among those whose
    original it has right. In brackets: 95 % intervals (Wilson).</p>
  <table class="results"><thead><tr><th scope="col">Texts of</th>${heads}</tr></thead><tbody>${body}</tbody></table>
</section>`;
}
