import { outcomeOf } from '../evaluation/outcome.ts';
import { type CurveStep, robustnessCurve } from '../evaluation/robustness-curves.ts';
import { type ChartSeries, chartKey, lineChart } from './charts.ts';
import { type Html, html } from './html.ts';
import { type Attacked, recordsOf } from './report-input.ts';

/** Accuracy under attack over what the attack may spend: queries, and words changed. */
export async function curvesSection(attacked: readonly Attacked[]): Promise<Html> {
  const figures = await curveFigures(attacked);
  return html`
<section aria-labelledby="curves">
  <h2 id="curves">Accuracy under attack by effort</h2>
  <p class="quiet">${curvesSaid}</p>
  ${figures}
</section>`;
}

/** What the curves of {@link curveFigures} count. */
export const curvesSaid =
  'Texts still right within a limit on the attack. What ended without an answer counts as lost from where it ended; over words, from the start.';

/** The two curves of each row, with their key. */
export async function curveFigures(attacked: readonly Attacked[]): Promise<Html> {
  const figures = [
    { over: 'queries', x: 'queries allowed', title: 'Over queries' },
    { over: 'changed', x: 'words that may change', title: 'Over words changed' },
  ] as const;
  const drawn = await Promise.all(
    figures.map(async ({ over, x, title }) => {
      const series = attacked.map(({ row, index }): ChartSeries => {
        const outcomes = recordsOf(row).map((record) => outcomeOf(record, row.metrics.robustEndings));
        return { name: row.name, colour: index, points: stairs(robustnessCurve(outcomes, over)) };
      });
      const end = Math.max(...series.flatMap(({ points }) => points.map((point) => point.x)));
      const toEnd = series.map((one) => ({
        ...one,
        points: [...one.points, { x: end, y: one.points.at(-1)!.y }],
      }));
      const chart = await lineChart(toEnd, { x, y: 'Att Acc', format: '.0%' });
      return html`<figure><figcaption>${title}</figcaption>${chart}</figure>`;
    }),
  );
  return html`${chartKey(attacked.map(({ row, index }) => ({ name: row.name, colour: index })))}
  <div class="figures">${drawn}</div>`;
}

/** Most steps drawn of a curve. */
const mostSteps = 100;

/** A staircase: two points a step, the steps thinned to at most {@link mostSteps}, first and last kept. */
function stairs(steps: readonly CurveStep[]): ChartSeries['points'] {
  const stride = Math.max(1, Math.ceil(steps.length / mostSteps));
  const kept = steps.filter((_, i) => i % stride === 0 || i === steps.length - 1);
  return kept.flatMap(({ limit, attAcc }, i) => [
    ...(i === 0 ? [] : [{ x: limit, y: kept[i - 1]!.attAcc }]),
    { x: limit, y: attAcc },
  ]);
}
