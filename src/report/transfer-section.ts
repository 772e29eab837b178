import { type Html, html, isolated } from './html.ts';
import type { ReportRow } from './report-input.ts';
import { formatInterval, formatMeasure } from './result-row.ts';

/**
 * The transfer matrix (Papernot et al. 2016): of the adversarial texts that an attack on one model found, the proportion that
 * fools another, among those whose original that one has right. Rows: whose texts; columns: the model asked. Nothing where no row
 * is a replay of texts with originals.
 */
export function transferSection(rows: readonly ReportRow[]): Html {
  const replays = rows.flatMap(({ transfer, metrics }) =>
    transfer === undefined ? [] : [{ ...transfer, metrics }],
  );
  if (replays.length === 0) return html``;
  const sources = [...new Set(replays.map(({ texts }) => texts))];
  const models = [...new Set(replays.map(({ model }) => model))];
  const lines = sources.map((source) => {
    const cells = models.map((model) => {
      const found = replays.filter((one) => one.texts === source && one.model === model);
      const said = found.map(
        ({ metrics: { successRate } }) => html`<b>${formatMeasure(successRate.value, 'percent')}</b>
        <span class="interval">${formatInterval(successRate, 'percent')}</span>`,
      );
      return html`<td data-head="${model}">${said.length > 0 ? said : '–'}</td>`;
    });
    return html`<tr><th scope="row">${isolated(source)}</th>${cells}</tr>`;
  });
  const heads = models.map((model) => html`<th scope="col">${isolated(model)}</th>`);
  return html`
<section aria-labelledby="transfer">
  <h2 id="transfer">Transfer</h2>
  <p class="quiet">Of the texts that an attack found against one model (rows), how many fool another (columns), among those whose
    original it has right. In brackets: 95 % intervals (Wilson).</p>
  <table class="results"><thead><tr><th scope="col">Texts of</th>${heads}</tr></thead><tbody>${lines}</tbody></table>
</section>`;
}
