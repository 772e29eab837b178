import { quantile } from '../base/statistics.ts';
import { attackAccuracy } from '../evaluation/metrics.ts';
import { isRun, outcomeOf } from '../evaluation/outcome.ts';
import { slices } from '../evaluation/slices.ts';
import { type HistogramBin, histogram, seriesColour } from './charts.ts';
import { type Html, html, isolated } from './html.ts';
import { rejectionsSection } from './rejections-section.ts';
import { type Attacked, hasSeeds, type ReportRow, recordsOf } from './report-input.ts';
import { formatInterval, formatMeasure } from './result-row.ts';
import { curvesSection } from './robustness-curves-section.ts';

const binCount = 20;

/** Where the models differ: the effort attacks needed, and accuracy under attack by length and by class. */
export async function breakdownSection(rows: readonly ReportRow[]): Promise<Html> {
  const attacked = rows
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => outcomesOf(row).some(isRun));
  if (attacked.length === 0) return html``;
  return html`
<section aria-labelledby="effort">
  <h2 id="effort">Effort of the attack</h2>
  <p class="quiet">Examples by the number of queries the attack spent on them${hasSeeds(rows) ? ', all seeds' : undefined}.</p>
  <p class="key"><span><i class="swatch held"></i> upper part: prediction held</span> <span><i class="swatch flipped"></i> lower part: flipped</span>${
    attacked.some(({ row }) => row.metrics.outOfQueries > 0)
      ? html` <span><i class="swatch undecided"></i> between them: out of queries</span>`
      : undefined
  }</p>
  <div class="figures">${await histograms(attacked)}</div>
</section>
${await curvesSection(attacked)}
${rejectionsSection(attacked)}
<section aria-labelledby="slices">
  <h2 id="slices">By length, class and what the text holds</h2>
  <p class="quiet">Accuracy under attack (Att Acc) on parts of the test set, with the 95 % interval of each
    part alone: of many parts some stand out by chance.</p>
  ${sliceTable(attacked)}
</section>`;
}

const outcomesOf = (row: ReportRow) =>
  recordsOf(row).map((record) => outcomeOf(record, row.metrics.robustEndings));

/** One histogram a model, all with the same bins and height. */
async function histograms(attacked: readonly Attacked[]): Promise<readonly Html[]> {
  const queriesOf = ({ row }: Attacked) =>
    outcomesOf(row)
      .filter(isRun)
      .map(({ queries, status, robust }) => ({ queries, flipped: status === 'success', held: robust }));
  const all = attacked.flatMap(queriesOf).map(({ queries }) => queries);
  const edge = rightEdge(all);
  const width = edge / binCount;
  const binned = attacked.map((model) =>
    Array.from({ length: binCount }, (_, i): HistogramBin => {
      const last = i === binCount - 1; // takes the tail too
      const inside = queriesOf(model).filter(
        ({ queries }) => i * width <= queries && (last || queries < (i + 1) * width),
      );
      const [held, flipped] = [inside.filter((one) => one.held), inside.filter((one) => one.flipped)];
      const undecided = inside.length - held.length - flipped.length;
      return {
        from: i * width,
        to: (i + 1) * width,
        undecided,
        held: held.length,
        flipped: flipped.length,
      };
    }),
  );
  const maximum = Math.max(
    ...binned.flat().map(({ flipped, held, undecided }) => flipped + held + undecided),
  );
  const beyond = all.some((queries) => queries >= edge);
  return Promise.all(
    attacked.map(async ({ row, index }, i) => {
      const x = beyond ? `queries (last bar: ${Math.round(edge - width)} or more)` : 'queries';
      const drawn = await histogram(binned[i]!, { x, maximum });
      return html`<figure><figcaption><i class="dot" style="--series:${seriesColour(index)}"></i>${isolated(row.name)}</figcaption>${drawn}</figure>`;
    }),
  );
}

/** A round number above 98 % of the counts, so that a few long attacks don't flatten the rest. */
function rightEdge(counts: readonly number[]): number {
  const sorted = [...counts].sort((a, b) => a - b);
  const wanted = Math.max(binCount, quantile(sorted, 0.98) * 1.02 + 1);
  const unit = 10 ** Math.floor(Math.log10(wanted));
  return (Math.ceil((wanted / unit) * 2) / 2) * unit;
}

/** A line for each slice, a column for each model. */
function sliceTable(attacked: readonly Attacked[]): Html {
  const byRow = attacked.map(
    ({ row }) => new Map(slices(recordsOf(row)).map((s) => [`${s.by} ${s.name}`, s])),
  );
  const keys = [...new Set(byRow.flatMap((found) => [...found.keys()]))];
  const lines = keys.map((key) => {
    const { by, name, records } = byRow.map((found) => found.get(key)).find((slice) => slice !== undefined)!;
    const cells = byRow.map((found, i) => {
      const head = attacked[i]!.row.name;
      const slice = found.get(key);
      if (slice === undefined) return html`<td data-head="${head}">–</td>`;
      const attAcc = attackAccuracy(slice.records, attacked[i]!.row.metrics);
      const width = (100 * attAcc.value).toFixed(1);
      return html`<td data-head="${head}"><b>${formatMeasure(attAcc.value, 'percent')}</b>
        <span class="interval">${formatInterval(attAcc, 'percent')}</span>
        <i class="meter" style="--series:${seriesColour(attacked[i]!.index)};--width:${width}%"></i></td>`;
    });
    return html`<tr><th scope="row">${isolated(name)} <span class="quiet">${by === 'class' ? 'class, ' : ''}${new Set(records.map(({ id }) => id)).size} examples</span></th>${cells}</tr>`;
  });
  const heads = attacked.map(({ row }) => html`<th scope="col">${isolated(row.name)}</th>`);
  return html`<table class="results slices"><thead><tr><th scope="col">Slice</th>${heads}</tr></thead><tbody>${lines}</tbody></table>`;
}
