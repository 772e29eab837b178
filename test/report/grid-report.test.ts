import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GridReport, renderGridReport, writeGridReport } from '../../src/report/grid-report.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

const report: GridReport = {
  title: 'Table 2 <small>',
  blocks: [
    {
      name: 'MR',
      results: {
        heads: ['Method', 'Att Acc'],
        rows: [
          {
            name: 'BERT',
            first: true,
            cells: [{ value: '21.0', interval: '[18.6, 23.6]', paper: '21.0 (0.0)' }],
          },
          { name: 'FreeLB', first: true, cells: [{ value: '24.0', best: true }] },
        ],
      },
    },
  ],
  figures: [
    {
      file: 'noise',
      title: 'Noise & more',
      ...{ x: 'noise-std', y: 'accuracy', logarithmic: true },
      series: [
        {
          name: '<Att Acc>',
          points: [
            { x: 0.01, y: 0.2, low: 0.1, high: 0.3 },
            { x: 1, y: 0.4, low: 0.3, high: 0.5 },
          ],
        },
      ],
    },
  ],
  notes: ['A small model stands in.'],
  warnings: ['Not all rows were attacked alike.'],
  command: 'vda reproduce grid.yaml',
};

describe('the report of a grid', () => {
  it('shows numbers, intervals, the paper, what is best, and notes', async () => {
    const page = await renderGridReport(report);
    expect(page).toContain('<title>Table 2 &lt;small&gt;</title>');
    expect(page).toMatch(/<b>21\.0<\/b>\s+<span class="interval">\[18\.6, 23\.6\]<\/span>/);
    expect(page).toContain('<span class="paper">paper 21.0 (0.0)</span>');
    expect(page).toContain('<b class="best">24.0</b>');
    expect(page).toContain('<tr class="first"><th scope="row"><bdi>FreeLB</bdi></th>');
    expect(page).toContain('<li>A small model stands in.</li>');
    expect(page.indexOf('Not all rows were attacked alike.')).toBeLessThan(page.indexOf('<table'));
    expect(page).toContain('<a href="#data-0">MR</a>');
    expect(page).toBe(await renderGridReport(report));
  });

  it('is a page, and figures that stand alone: names escaped, colours in full', async () => {
    const folder = temporaryFolder();
    await writeGridReport(folder, report);
    expect(readdirSync(folder).sort()).toEqual(['noise.svg', 'report.html']);
    const svg = readFileSync(join(folder, 'noise.svg'), 'utf8');
    expect(svg).toContain('>Noise &amp; more</text>');
    expect(svg).toContain('>&lt;Att Acc&gt;</text>');
    expect(svg).not.toContain('var(--');
    expect(svg.match(/<svg/g)).toHaveLength(2);
    expect(svg.match(/<\/svg>/g)).toHaveLength(2);
  });

  it.each([
    { logarithmic: true, places: [0.25, 0.5, 1, 2, 4] },
    { logarithmic: false, places: [1, 2, 3, 4, 5] },
  ])('names every place measured, visibly (logarithmic: $logarithmic)', async ({ logarithmic, places }) => {
    const points = places.map((x) => ({ x, y: 0.2, low: 0.1, high: 0.3 }));
    const figures = [{ ...report.figures[0]!, logarithmic, series: [{ name: 'Att Acc', points }] }];
    const page = await renderGridReport({ ...report, figures });
    for (const place of places) {
      const labels = [...page.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].filter(
        ([, text]) => text === String(place),
      );
      expect(labels).toHaveLength(2); // the wide and the narrow chart
      for (const [label] of labels) expect(label).toContain('opacity="1"');
    }
  });

  it('leads to a data set whose name HTML would take for its own', async () => {
    const page = await renderGridReport({ ...report, blocks: [{ ...report.blocks[0]!, name: 'R&D' }] });
    expect(page).toContain('<a href="#data-0">R&amp;D</a>');
  });

  it('tells series apart in its key as in the chart, without colour', async () => {
    const series = ['a', 'b'].map((name) => ({ ...report.figures[0]!.series[0]!, name }));
    const page = await renderGridReport({ ...report, figures: [{ ...report.figures[0]!, series }] });
    const key = page.match(/<p class="key">.*?<\/p>/s)![0];
    const dashes = [...key.matchAll(/stroke-dasharray="([^"]*)"/g)].map(([, dash]) => dash);
    expect(dashes).toEqual(['', '6 3']);
    expect(page).toContain('stroke-dasharray="6,3"');
  });
});
