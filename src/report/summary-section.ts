import { isSignificant } from '../evaluation/paired-comparison.ts';
import { isSameAttack } from '../runs/provenance.ts';
import { settingsLine } from '../runs/settings-line.ts';
import { seriesColour } from './charts.ts';
import {
  type Compared,
  type Comparisons,
  comparedWithFirst,
  points,
  pointsInterval,
  saidP,
} from './comparison.ts';
import { type Html, html, isolated } from './html.ts';
import { hasSeeds, modelOf, type ReportRow } from './report-input.ts';
import {
  formatInterval,
  formatMeasure,
  formatPValue,
  intervalsSaid,
  provenanceLines,
  resultColumns,
} from './result-row.ts';
import { isConstant, warningsOf } from './row-warnings.ts';

/** What the page opens with: one sentence, the bars, the table, the paired comparisons. */
export function summarySection(rows: readonly ReportRow[], worstCases: readonly ReportRow[] = []): Html {
  const [baseline] = rows;
  if (baseline === undefined) return html`<p class="quiet">No attack has been reported yet.</p>`;
  const comparisons = comparedWithFirst(rows);
  const warnings = warningsOf(rows).map((warning) => html`<p class="warning">${warning}</p>`);
  return html`
<section aria-labelledby="summary">
  ${warnings}
  <h2 id="summary" class="headline">${headline(rows)}</h2>
  ${verdict(comparisons, baseline)}
  ${bars([...rows, ...worstCases])}
  ${resultsTable(rows, worstCases)}
  ${comparisonTable(comparisons, modelOf(baseline))}
</section>`;
}

const percent = (value: number) => formatMeasure(value, 'percent');

/**
 * The most robust of the models, and the baseline where it is another. Of models that were not attacked alike, and of one
 * that answers nearly one class only, none is the more robust.
 */
function headline(rows: readonly ReportRow[]): Html {
  const baseline = rows[0]!;
  const fair = rows.filter((row) => isSameAttack(baseline.provenance, row.provenance) && !isConstant(row));
  if (isConstant(baseline))
    return html`${isolated(baseline.name)} answers nearly one class only: its accuracy under attack is no robustness.`;
  const best = mostRobust([baseline, ...fair]);
  const keeps = (row: ReportRow) =>
    html`${isolated(row.name)} stays right on <strong>${percent(row.metrics.attAcc.value)}</strong>`;
  if (best === baseline) return html`Under attack, ${keeps(baseline)} of the examples.`;
  return html`Under attack, ${keeps(best)} of the examples; ${isolated(baseline.name)} on <strong>${percent(baseline.metrics.attAcc.value)}</strong>.`;
}

const mostRobust = (rows: readonly ReportRow[]): ReportRow =>
  rows.reduce((best, row) => (row.metrics.attAcc.value > best.metrics.attAcc.value ? row : best));

/** What the paired comparison of the most robust other model says, in words. */
function verdict({ compared, left }: Comparisons, baseline: ReportRow): Html | undefined {
  if (compared.length === 0) {
    const none = html`<p class="verdict">No row was tested against ${isolated(baseline.name)}, for the reasons below the table.</p>`;
    return left.length === 0 ? undefined : none;
  }
  const best = mostRobust(compared.map(({ row }) => row));
  const { comparison } = compared.find(({ row }) => row === best)!;
  const { value } = comparison.difference;
  const said = isSignificant(comparison)
    ? html`${isolated(best.name)} keeps ${value > 0 ? 'more' : 'fewer'} of them than ${isolated(baseline.name)}`
    : html`the data do not tell ${isolated(best.name)} from ${isolated(baseline.name)}`;
  return html`<p class="verdict">On the ${comparison.examples} examples that both had right before the attack, ${said}:
    ${points(value)} points ${pointsInterval(comparison.difference)}, McNemar p ${saidP(comparison, compared.length)}.</p>`;
}

/** For each model the accuracy before (pale) and after (full) the attack, on one scale. */
function bars(rows: readonly ReportRow[]): Html {
  const share = (value: number) => `${(100 * (Number.isFinite(value) ? value : 0)).toFixed(2)}%`;
  const lines = rows.map(({ name, metrics: { oriAcc, attAcc } }, index) => {
    const whisker = Number.isFinite(attAcc.low) && Number.isFinite(attAcc.high);
    return html`
    <div class="bar" style="--series:${seriesColour(index)}">
      <div class="bar-name">${isolated(name)}</div>
      <div class="track">
        <i class="before" style="width:${share(oriAcc.value)}"></i>
        <i class="after" style="width:${share(attAcc.value)}"></i>
        ${whisker ? html`<i class="whisker" style="left:${share(attAcc.low)};width:${share(attAcc.high - attAcc.low)}"></i>` : undefined}
      </div>
      <div class="bar-value"><b>${percent(attAcc.value)}</b> <span>of ${percent(oriAcc.value)}</span></div>
    </div>`;
  });
  return html`
  <div class="bars">${lines}</div>
  <p class="key"><i class="swatch pale"></i> right before the attack <i class="swatch"></i> still right after it
    <i class="swatch line"></i> 95 % interval</p>`;
}

/** Every measure of every row, with what stands behind it. */
export function resultsTable(attacks: readonly ReportRow[], worstCases: readonly ReportRow[]): Html {
  const rows = [...attacks, ...worstCases];
  const heads = resultColumns.map(({ header, better, meaning }) => {
    const wish = better === 'higher' ? '↑' : '↓';
    return html`<th scope="col" title="${meaning}">${header} <span class="wish" title="${better} is more robust">${wish}</span></th>`;
  });
  const lines = rows.map((row, index) => {
    const cells = resultColumns.map(
      ({
        key,
        unit,
        header,
      }) => html`<td data-head="${header}"><b>${formatMeasure(row.metrics[key].value, unit)}</b>
        <span class="interval">${formatInterval(row.metrics[key], unit)}</span></td>`,
    );
    return html`<tr><th scope="row"><i class="dot" style="--series:${seriesColour(index)}"></i>${isolated(row.name)}</th>${cells}</tr>`;
  });
  const { shared, lines: behind } = provenanceLines(rows);
  const notes = [
    ...(shared === undefined ? [] : [html`<li>Attacked by ${shared}.</li>`]),
    ...behind.map(([row, line]) => html`<li>${isolated(row.name)}: ${line}${resultsLinks(row)}</li>`),
  ];
  const settings = new Set(attacks.map((row) => settingsLine(row.provenance ?? [])));
  const meanings = resultColumns.map(({ header, meaning }) => html`<li><b>${header}</b>: ${meaning}</li>`);
  return html`
  <table class="results">
    <thead><tr><th scope="col">Model</th>${heads}</tr></thead>
    <tbody>${lines}</tbody>
  </table>
  <ul class="notes">${notes}</ul>
  <details><summary>Settings of the attack${settings.size > 1 ? 's' : undefined}</summary>
    <ul class="notes">${[...settings].map((all) => html`<li>${all || 'not recorded'}</li>`)}</ul></details>
  <details><summary>What the columns mean</summary>
    <ul class="notes">${meanings}
      <li>The arrow says which way is more robust. ${intervalsSaid}</li></ul>
  </details>`;
}

/** Links to the records, made plain relative ones: a path from a configuration is not trusted. */
const resultsLinks = ({ runs }: ReportRow): readonly Html[] =>
  runs.flatMap(({ resultsPath }) => {
    if (resultsPath === undefined) return [];
    const href = resultsPath.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
    return [html`; <a href="./${href}">${resultsPath}</a>`];
  });

/** The paired comparisons with a model, and those that were not made. */
export function comparisonTable({ compared, left }: Comparisons, baseline: string): Html {
  const untested = left.map(
    ({ row, against, why }) =>
      html`<li>${isolated(row.name)} is not tested against ${isolated(against.name)}: ${why}.</li>`,
  );
  return html`${testedTable(compared, baseline)}
  ${untested.length > 0 ? html`<ul class="notes">${untested}</ul>` : undefined}`;
}

function testedTable(compared: readonly Compared[], baseline: string): Html | undefined {
  if (compared.length === 0) return undefined;
  const lines = compared.map(
    ({ row, comparison: { difference, examples, onlyFirst, onlySecond, pValue, adjustedP } }) => {
      return html`<tr><th scope="row">${isolated(row.name)}</th>
      <td data-head="Difference"><b>${points(difference.value)}</b> <span class="interval">${pointsInterval(difference)}</span></td>
      <td data-head="Both right">${examples}</td>
      <td data-head="Kept by it alone">${onlySecond}</td>
      <td data-head="By baseline alone">${onlyFirst}</td>
      <td class="number" data-head="McNemar p">${formatPValue(pValue)}</td>
      <td class="number" data-head="Holm p">${formatPValue(adjustedP)}</td></tr>`;
    },
  );
  return html`
  <h3>Example by example, against ${isolated(baseline)}</h3>
  <p class="quiet">On the examples that both models had right before the attack, so that a gap in clean accuracy can't
    pass for robustness.${hasSeeds(compared.flatMap(({ row, against }) => [row, against])) ? ' Over several seeds an example counts once, for the model that keeps it more often.' : undefined}
    Intervals and McNemar's p are those of each row alone; Holm's p is corrected for ${compared.length === 1 ? 'the one comparison made, so it is the same' : `the ${compared.length} comparisons made`}, and
    decides what is called a difference.</p>
  <table class="results">
    <thead><tr><th scope="col">Model</th><th scope="col">Difference in points</th><th scope="col">Both right before</th>
      <th scope="col">Kept by it alone</th><th scope="col">Kept by baseline alone</th><th scope="col">McNemar p</th><th scope="col">Holm p</th></tr></thead>
    <tbody>${lines}</tbody>
  </table>`;
}
