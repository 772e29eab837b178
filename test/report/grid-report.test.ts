import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GridReport, renderGridReport, writeGridReport } from '../../src/report/grid-report.ts';
import { temporaryFolder } from '../checkpoints/folders.ts';

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

  it.each([true, false])('names the places measured as they are (logarithmic: %s)', async (logarithmic) => {
    const folder = temporaryFolder();
    const [figure] = report.figures;
    const points = [0.25, 0.5, 4].map((x) => ({ x, y: 0.2, low: 0.1, high: 0.3 }));
    const figures = [{ ...figure!, logarithmic, series: [{ name: 'Att Acc', points }] }];
    await writeGridReport(folder, { ...report, figures });
    const svg = readFileSync(join(folder, 'noise.svg'), 'utf8');
    for (const label of ['0.25', '0.5', '4']) expect(svg).toContain(`>${label}</text>`);
  });
});
