import { apart, type ChartSeries, chartKey, draw, seriesColour, seriesDash, sizes, svgOf } from './charts.ts';
import { escapeText, type Html, html, isolated } from './html.ts';
import { style } from './style.ts';

/** A measured line, each point with its 95 % interval. Fractions in [0, 1]. */
export interface IntervalSeries {
  readonly name: string;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** Lines with intervals over a common axis. */
export interface IntervalFigure {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Positions on the x axis by the logarithm; no point may be at 0 then. */
  readonly logarithmic: boolean;
  readonly series: readonly IntervalSeries[];
}

/** The figure for the report: a caption with the names, and the chart in both sizes. */
export async function intervalChart(figure: IntervalFigure): Promise<Html> {
  const key = chartKey(figure.series.map(({ name }, colour) => ({ name, colour })));
  const drawn = await draw(`${figure.y} over ${figure.x}`, unitOf(figure));
  return html`<figure><figcaption>${isolated(figure.title)}</figcaption>${key}${drawn}</figure>`;
}

/** The figure as an SVG file of its own: with its title and names, colours in full, on white. */
export async function intervalChartFile(figure: IntervalFigure): Promise<string> {
  const { width, height } = sizes[0];
  const chart = await svgOf(unitOf(figure), { width, height });
  const inner = chart.slice(chart.indexOf('<svg'));
  const top = 28;
  const line = 18;
  const total = top + height + line * figure.series.length + 8;
  const legend = figure.series.map(({ name }, i) => {
    const y = top + height + line * (i + 1) - 6;
    return `<path d="M12 ${y}h28" stroke="${seriesColour(i)}" stroke-width="2" stroke-dasharray="${seriesDash(i)}"/><text x="48" y="${y + 4}">${escapeText(name)}</text>`;
  });
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" color="var(--soft)" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="var(--card)"/>
<text x="12" y="18" font-weight="bold" fill="var(--ink)">${escapeText(figure.title)}</text>
${inner.replace('<svg', `<svg y="${top}"`)}
<g fill="var(--ink)">
${legend.join('\n')}
</g>
</svg>
`;
  return drawing.replaceAll(/var\(--([\w-]+)\)/g, (variable, name: string) => light.get(name) ?? variable);
}

/** The page's light colours: not every program that shows SVG knows variables. */
const light: ReadonlyMap<string, string> = new Map(
  [...style.slice(0, style.indexOf('@media')).matchAll(/--([\w-]+): (#\w+);/g)].map(([, name, colour]) => [
    name!,
    colour!,
  ]),
);

function unitOf({ x, logarithmic, series }: IntervalFigure): object {
  const values = series.flatMap(({ points }, index) => points.map((point) => ({ ...point, series: index })));
  const positions = [...new Set(values.map((point) => point.x))].sort((a, b) => a - b);
  const coloured: readonly Pick<ChartSeries, 'colour'>[] = series.map((_, colour) => ({ colour }));
  const { color, strokeDash } = apart(coloured);
  const horizontal = {
    field: 'x',
    type: 'quantitative',
    title: x,
    scale: { ...(logarithmic ? { type: 'log' } : { zero: false }), nice: false, padding: 12 },
    axis: {
      grid: false,
      ...(positions.length <= 12 && { values: positions, format: '.6~g', labelOverlap: 'greedy' }),
    },
  };
  const vertical = (field: string) => ({
    field,
    type: 'quantitative',
    title: null,
    scale: { zero: false },
    axis: { tickCount: 4, format: '.0%' },
  });
  return {
    data: { values },
    encoding: { x: horizontal, color },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.55 },
        encoding: { y: vertical('low'), y2: { field: 'high' } },
      },
      {
        mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round', point: { size: 30 } },
        encoding: { y: vertical('y'), strokeDash },
      },
    ],
  };
}
