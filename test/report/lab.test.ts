import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AttackStatus } from '../../src/attacks/record.ts';
import { gatherReport } from '../../src/report/gather-report.ts';
import { labOf } from '../../src/report/lab.ts';
import type { ReportSource } from '../../src/report/read-attack.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { attackFolder } from './run-folders.ts';

const root = mkdtempSync(join(tmpdir(), 'vda-lab-report-'));
afterAll(() => rmSync(root, { recursive: true }));

/** What a model of so many held texts, of ten, makes of an attack; the texts that it keeps begin at `from`. */
const endings = (held: number, from = 0): readonly AttackStatus[] =>
  Array.from({ length: 10 }, (_, id) => (id >= from && id < from + held ? 'failed' : 'success'));

function attacked(model: string, p: { recipe: string; profile?: string; statuses: readonly AttackStatus[] }) {
  const { recipe, profile, statuses } = p;
  const records = statuses.map((status, id) => makeRecord({ id, status, queries: 10 * (id + 1) }));
  const sha256 = (model === 'plain' ? '1' : '2').repeat(64);
  const folder = attackFolder(join(root, `${model}-${recipe}-${profile}`), records, undefined, {
    config: { model: { path: model, sha256 }, attack: { recipe, ...(profile && { profile }) } },
  });
  return { name: model, attackFolder: folder } satisfies ReportSource;
}

const sources = ['strict', 'uniform'].flatMap((profile, i) => [
  attacked('plain', { recipe: 'pwws', profile, statuses: endings(4 - i) }),
  attacked('plain', { recipe: 'random', profile, statuses: endings(5, 2) }),
  attacked('vda', { recipe: 'pwws', profile, statuses: endings(8 - i) }),
  attacked('vda', { recipe: 'random', profile, statuses: endings(10) }),
]);
const gather = (rows: readonly ReportSource[]) =>
  gatherReport({ title: 'Lab', rows, file: join(root, 'report.html') });

describe('labOf', () => {
  const lab = labOf(gather(sources))!;

  it('has a block for each profile, a line for each attack and the worst case, a cell for each model', () => {
    expect(lab.models).toEqual(['plain', 'vda']);
    expect(
      lab.blocks.map(({ profile, lines }) => [
        profile,
        lines.map(({ attack, cells }) => [attack, cells.map((cell) => cell!.row.metrics.attAcc.value)]),
      ]),
    ).toEqual([
      // Texts 0–3 and 2–6 survive on their own; under both 2 and 3.
      [
        'strict',
        [
          ['pwws', [0.4, 0.8]],
          ['random', [0.5, 1]],
          ['worst case', [0.2, 0.8]],
        ],
      ],
      [
        'uniform',
        [
          ['pwws', [0.3, 0.7]],
          ['random', [0.5, 1]],
          ['worst case', [0.1, 0.7]],
        ],
      ],
    ]);
  });

  it('compares each model with the first under the same attack, all of them one family', () => {
    const { compared, left } = lab.comparisons;
    expect(compared.map(({ row, against }) => [row.name, against.name])).toEqual([
      ['vda, pwws (strict)', 'plain, pwws (strict)'],
      ['vda, random (strict)', 'plain, random (strict)'],
      ['vda, pwws (uniform)', 'plain, pwws (uniform)'],
      ['vda, random (uniform)', 'plain, random (uniform)'],
      ['vda, worst case (strict)', 'plain, worst case (strict)'],
      ['vda, worst case (uniform)', 'plain, worst case (uniform)'],
    ]);
    expect(left).toEqual([]);
    const smallest = Math.min(...compared.map(({ comparison }) => comparison.pValue));
    expect(Math.min(...compared.map(({ comparison }) => comparison.adjustedP))).toBeCloseTo(6 * smallest, 12);
  });

  it('is none where each model met one attack', () => {
    expect(labOf(gather([sources[0]!, sources[2]!]))).toBeUndefined();
  });

  it('leaves a place empty that was not attacked', () => {
    const part = labOf(gather(sources.slice(0, 3)))!;
    expect(part.blocks[0]!.lines.map(({ cells }) => cells.map((cell) => cell !== undefined))).toEqual([
      [true, true],
      [true, false],
      [true, false],
    ]);
  });

  it('leaves replays to the transfer matrix, models there in the order of the rows', () => {
    const replayed = (model: string, texts: string) => ({
      name: model,
      attackFolder: attackFolder(
        join(root, `${model}-replay`),
        [makeRecord({ id: 0, status: 'success' })],
        undefined,
        {
          ...{ format: 3, about: { model, data: texts } },
          identity: {
            hash: model,
            parts: {
              attack: {
                ...{ id: 'replay', version: 1, settings: { preset: 'default' } },
                parts: { search: { id: 'replay', settings: { originals: true } } },
              },
            },
          },
        },
      ),
    });
    const replays = [replayed('vda', 'pwws on plain'), replayed('plain', 'pwws on vda')];
    const two = gather([sources[0]!, sources[2]!, ...replays]);
    expect(labOf(two)).toBeUndefined();
    expect(two.rows.map(({ name }) => name)).toEqual([
      ...['plain', 'vda', 'vda, pwws on plain', 'plain, pwws on vda'],
    ]);
    const text = renderMarkdown(two);
    expect(text).toContain('| Texts of | plain | vda |');
    expect(text).not.toContain('not tested');
    const all = labOf(gather([...sources, ...replays]))!;
    expect(all.blocks.map(({ profile }) => profile)).toEqual(['strict', 'uniform']);
  });

  it('keeps an ensemble, itself a worst case, out of the worst case', () => {
    const ensemble = attackFolder(
      join(root, 'ensemble'),
      endings(0).map((status, id) => makeRecord({ id, status })),
      undefined,
      {
        ...{ format: 3, about: { model: 'plain' } },
        identity: {
          hash: 'e',
          parts: {
            attack: {
              ...{ id: 'ensemble', version: 1, settings: { preset: 'default', profile: 'strict' } },
              parts: { search: { id: 'worst-of', version: 1 } },
            },
            victim: { id: 'classifier', parts: { model: { id: 'model', content: '1'.repeat(64) } } },
          },
        },
      },
    );
    const { worstCases } = gather([...sources.slice(0, 2), { name: 'plain', attackFolder: ensemble }]);
    expect(worstCases!.map(({ name, metrics }) => [name, metrics.attAcc.value])).toEqual([
      ['plain, worst case (strict)', 0.2],
    ]);
  });
});

describe('renderMarkdown', () => {
  it('has the matrix with the comparisons, the measures, the curves and the settings', () => {
    const text = renderMarkdown(gather(sources));
    expect(text).toContain(
      '## Profile strict\n\n| Attack | plain | vda |\n| :-- | --: | --: |\n| no attack | 100.0 %',
    );
    expect(text).toMatch(
      /\| worst case \| 20\.0 % \[.*\] \| 80\.0 % \[.*\]<br>\+60\.0 \[.*\], p 0\.188 \|/, // 6 : 0, 2/64 times 6
    );
    expect(text).toMatch(/\| pwws, plain \| 60\.0 % \[.*\| 0 \| 0 \| 0 \|/);
    expect(text).toMatch(/\| worst case, plain \| 80\.0 % \[.*\] \| – \| – \| 0 \| 0 \| 0 \|/);
    // Of plain's texts under pwws 0–3 stay, and the others fall after 50, 60, … 100 queries.
    expect(text).toMatch(
      /\| plain, pwws \(strict\) \| 100\.0 % \| 100\.0 % \| 90\.0 % \| 40\.0 % \| 40\.0 % \|/,
    );
    expect(text).toContain('plain, random (strict); vda, random (strict): ');
  });

  it('of one attack on each model is the table and the comparison', () => {
    const text = renderMarkdown(gather([sources[0]!, sources[2]!]));
    expect(text).toContain('| Model | Ori Acc | Att Acc |');
    expect(text).toContain('- vda against plain, on the 10 texts that both had right: +40.0 points');
    expect(text).not.toContain('Profile strict');
  });
});

it('the page of a lab shows the matrix, the worst case text by text, and every measure', async () => {
  const page = await renderReport(gather(sources));
  expect(page).toContain('Attacks and models');
  expect(page).toContain('Profile uniform');
  expect(page.match(/<h2 id="[\w-]+">/g)!.length).toBe(new Set(page.match(/<h2 id="[\w-]+">/g)).size);
  expect(page).toContain('vda, worst case (strict)');
  expect(page).not.toContain('Not all rows were attacked alike');
}, 60_000);
