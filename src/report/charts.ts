import type { TopLevelSpec } from 'vega-lite';
import { type Html, html, isolated, trusted } from './html.ts';

/** One line of a chart. Its colour is the page's `--series-i`. */
export interface ChartSeries {
  readonly name: string;
  /** Position among the series of the page, which gives colour and dash. */
  readonly colour: number;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Number of series colours that the style sheet defines; more series share them, apart in dash and name. */
const seriesColours = 6;

/** The page's colour of a series, light or dark. */
export const seriesColour = (index: number): string => `var(--series-${index % seriesColours})`;

const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** Dashes of a series' line, in SVG's form: with the colour they keep apart twelve series. */
export const seriesDash = (index: number): string => dashes[index % dashes.length]!.join(' ');

/** The key of a chart: for each series its line, as drawn, and its name. */
export const chartKey = (series: readonly Pick<ChartSeries, 'name' | 'colour'>[]): Html => {
  const entries = series.map(
    ({ name, colour }) =>
      html`<span><svg class="sample" viewBox="0 0 26 4" aria-hidden="true"><path d="M0 2h26" stroke="${seriesColour(colour)}" stroke-width="2.5" stroke-dasharray="${seriesDash(colour)}"/></svg>${isolated(name)}</span> `,
  );
  return html`<p class="key">${entries}</p>`;
};

/** Sizes for a wide and for a phone's screen; the style sheet shows the one that fits. */
export const sizes = [
  { className: 'wide', width: 490, height: 200 },
  { className: 'narrow', width: 340, height: 180 },
] as const;

/** Lines over a common axis; `format` is d3's for the labels of y, by default Vega's choice. */
export function lineChart(
  series: readonly ChartSeries[],
  axes: { readonly x: string; readonly y: string; readonly format?: string },
): Promise<Html> {
  const values = series.flatMap(({ points }, index) => points.map(({ x, y }) => ({ x, y, series: index })));
  return draw(`${axes.y} over ${axes.x}`, {
    data: { values },
    mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round', point: values.length <= 40 && { size: 26 } },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: axes.x, axis: { tickCount: 5, grid: false } },
      y: {
        field: 'y',
        type: 'quantitative',
        title: null,
        scale: { zero: false },
        axis: { tickCount: 4, ...(axes.format === undefined ? {} : { format: axes.format }) },
      },
      ...apart(series),
    },
  });
}

/** How series are told apart: data in a field `series`, by number. */
export function apart(series: readonly Pick<ChartSeries, 'colour'>[]) {
  const domain = series.map((_, index) => index);
  const colours = series.map(({ colour }) => seriesColour(colour));
  const lines = series.map(({ colour }) => dashes[colour % dashes.length]!);
  const scaled = (range: readonly unknown[]) =>
    ({ field: 'series', type: 'nominal', scale: { domain, range }, legend: null }) as const;
  return { color: scaled(colours), strokeDash: scaled(lines) };
}

/** One bar of a histogram, cut by how the attacks ended. */
export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly flipped: number;
  readonly undecided: number;
  readonly held: number;
}

/** Stacked bars: attacks that flipped the prediction (`--flipped`), ended undecided (`--undecided`) or met one that held (`--held`). */
export function histogram(
  bins: readonly HistogramBin[],
  axes: { readonly x: string; readonly maximum: number },
): Promise<Html> {
  const values = bins.flatMap(({ from, to, flipped, undecided, held }) => [
    { from, to, count: flipped, kind: 0 },
    { from, to, count: undecided, kind: 1 },
    { from, to, count: held, kind: 2 },
  ]);
  return draw(`examples by ${axes.x}`, {
    data: { values },
    mark: { type: 'bar', binSpacing: 1 },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        bin: 'binned',
        title: axes.x,
        axis: { tickCount: 5, grid: false },
      },
      x2: { field: 'to' },
      y: {
        field: 'count',
        type: 'quantitative',
        title: null,
        scale: { domain: [0, axes.maximum] },
        axis: { tickCount: 3 },
      },
      color: {
        field: 'kind',
        type: 'nominal',
        scale: { domain: [0, 1, 2], range: ['var(--flipped)', 'var(--undecided)', 'var(--held)'] },
        legend: null,
      },
      order: { field: 'kind' },
    },
  });
}

/** Colours that follow the page, and nothing that isn't data. */
const config: TopLevelSpec['config'] = {
  background: 'transparent',
  font: 'inherit',
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    gridColor: 'var(--line)',
    domain: false,
    ticks: false,
    labelPadding: 6,
  },
};

/** A chart as HTML, in both sizes. */
export async function draw(label: string, unit: object): Promise<Html> {
  const drawn = await Promise.all(
    sizes.map(async ({ className, ...size }) => {
      const svg = await svgOf(unit, size);
      // The label speaks for it: Vega's groups have roles, and no names.
      const silent = svg.replace('<svg', '<svg aria-hidden="true"');
      return html`<div class="chart ${className}" role="img" aria-label="${label}">${trusted(silent)}</div>`;
    }),
  );
  return html`${drawn}`;
}

/**
 * A chart as SVG in the page's colours, which are CSS variables. Vega is large, so it is loaded when the first chart
 * is drawn. No text of a user reaches it: series go by number.
 */
export async function svgOf(
  unit: object,
  size: { readonly width: number; readonly height: number },
): Promise<string> {
  const [{ compile }, { View, parse }] = await Promise.all([import('vega-lite'), import('vega')]);
  const spec = { ...unit, ...size, padding: 2, autosize: { type: 'fit', contains: 'padding' }, config };
  const view = new View(parse(compile(spec as TopLevelSpec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
