import { type ChartSeries, chartKey, lineChart } from './charts.ts';
import { type Html, html } from './html.ts';
import type { CurveMeasure, CurvePoint, ReportInput, TrainingCurve } from './report-input.ts';

interface Measure {
  readonly key: CurveMeasure;
  readonly title: string;
  readonly format?: string;
}

/** What is drawn, in order; a measure that no run has is left out. */
const measures: readonly Measure[] = [
  { key: 'evalAccuracy', title: 'Accuracy on held-out examples', format: '.0%' },
  { key: 'evalAttackAccuracy', title: 'Accuracy under attack', format: '.0%' },
  { key: 'loss', title: 'Training loss' },
  { key: 'ce', title: 'Cross-entropy' },
  { key: 'reg', title: 'Regulariser' },
  { key: 'evalLoss', title: 'Loss on held-out examples' },
];

/** What matters when something went wrong: drawn, but folded. */
const diagnostics: readonly Measure[] = [
  { key: 'gradNorm', title: 'Gradient norm' },
  { key: 'lr', title: 'Learning rate', format: '~e' },
  { key: 'examplesPerSecond', title: 'Examples per second' },
];

/** Most points of one drawn line: longer ones are averaged over at most as many equal stretches. */
const mostPoints = 150;

/** Training curves of all runs, one chart a measure. */
export async function trainingSection({ curves, rows }: Pick<ReportInput, 'curves' | 'rows'>): Promise<Html> {
  if (curves.length === 0) return html``;
  const colours = colourOfRuns(curves, rows);
  const draw = (drawn: readonly Measure[]) =>
    Promise.all(drawn.map((measure) => figure(curves, { measure, colours })));
  const [main, folded] = await Promise.all([draw(measures), draw(diagnostics)]);
  const names = [...new Set(curves.map(({ name }) => name))];
  const key = chartKey(names.map((name) => ({ name, colour: colours.get(name)! })));
  const smoothed = curves.some(({ points }) =>
    [...measures, ...diagnostics].some(({ key }) => measured(points, key).length > mostPoints),
  );
  return html`
<section aria-labelledby="training">
  <h2 id="training">Training</h2>
  ${key}
  <div class="figures">${main}</div>
  ${folded.some((one) => one.html !== '') ? html`<details><summary>Gradients, learning rate, speed</summary><div class="figures">${folded}</div></details>` : undefined}
  ${smoothed ? html`<p class="quiet">Long runs are drawn as averages over at most ${mostPoints} stretches of equal length.</p>` : undefined}
</section>`;
}

async function figure(
  curves: readonly TrainingCurve[],
  { measure, colours }: { readonly measure: Measure; readonly colours: ReadonlyMap<string, number> },
): Promise<Html> {
  const { key, title, format } = measure;
  const series = curves.map((curve) => seriesOf(curve, { key, colour: colours.get(curve.name)! }));
  if (series.every(({ points }) => points.length === 0)) return html``;
  const axes = { x: 'step', y: title, ...(format !== undefined && { format }) };
  return html`<figure><figcaption>${title}</figcaption>${await lineChart(series, axes)}</figure>`;
}

/** A run has the colour of the row of the same name; the others take the colours that are left. */
function colourOfRuns(
  curves: readonly TrainingCurve[],
  rows: ReportInput['rows'],
): ReadonlyMap<string, number> {
  const colours = new Map(rows.map(({ name }, index) => [name, index]));
  for (const { name } of curves) if (!colours.has(name)) colours.set(name, colours.size);
  return colours;
}

function seriesOf(
  { name, points }: TrainingCurve,
  { key, colour }: { readonly key: CurveMeasure; readonly colour: number },
): ChartSeries {
  return { name, colour, points: thin(measured(points, key)) };
}

/** The points at which a measure was logged. */
const measured = (points: readonly CurvePoint[], key: CurveMeasure): ChartSeries['points'] =>
  points.flatMap((point) => {
    const y = point[key];
    return y === undefined || !Number.isFinite(y) ? [] : [{ x: point.step, y }];
  });

/** Means over at most {@link mostPoints} runs of neighbours. */
function thin(points: readonly { readonly x: number; readonly y: number }[]): ChartSeries['points'] {
  const stretch = Math.ceil(points.length / mostPoints);
  if (stretch <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / stretch) }, (_, i) => {
    const group = points.slice(i * stretch, (i + 1) * stretch);
    const mean = (read: (point: { x: number; y: number }) => number) =>
      group.reduce((sum, point) => sum + read(point), 0) / group.length;
    return { x: mean(({ x }) => x), y: mean(({ y }) => y) };
  });
}
