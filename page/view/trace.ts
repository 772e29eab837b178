import type { SearchState } from './search-state.ts';

const namespace = 'http://www.w3.org/2000/svg';
const [width, height, edge] = [320, 72, 4];

/**
 * The search as a picture: a dot for each substitute asked, its height the probability of the class under attack; the line is the
 * text that the search has. For eyes alone: all of it stands in the list.
 */
export function shownTrace({ trace }: SearchState): SVGElement {
  const svg = node('svg', { viewBox: `0 0 ${width} ${height}`, class: 'trace', 'aria-hidden': 'true' });
  const last = Math.max(1, trace.at(-1)?.query ?? 1);
  const first = Math.max(0, (trace[1]?.query ?? 1) - 1);
  const x = (query: number) =>
    edge + ((width - 2 * edge) * Math.max(0, query - first)) / Math.max(1, last - first);
  const y = (probability: number) => edge + (height - 2 * edge) * (1 - probability);
  for (const p of [0, 0.5, 1]) {
    svg.append(node('line', { x1: 0, x2: width, y1: y(p), y2: y(p), class: p === 0.5 ? 'middle' : 'limit' }));
  }
  for (const { query, probability, kept } of trace) {
    if (!kept) svg.append(node('circle', { cx: x(query), cy: y(probability), r: 2 }));
  }
  const kept = trace.filter((point) => point.kept);
  const path = kept.map(({ query, probability }, i) => {
    const to = `${x(query)} ${y(probability)}`;
    return i === 0 ? `M ${to}` : `H ${x(query)} V ${y(probability)}`;
  });
  if (kept.length > 0) svg.append(node('path', { d: `${path.join(' ')} H ${x(last)}` }));
  for (const { query, probability } of kept.slice(1)) {
    svg.append(node('circle', { cx: x(query), cy: y(probability), r: 3.5, class: 'kept' }));
  }
  return svg;
}

function node(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
