import { beforeAll, describe, expect, it } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { metricsOverSeeds } from '../../src/evaluation/metrics.ts';
import { outcomeOf } from '../../src/evaluation/outcome.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { renderReport } from '../../src/report/render-report.ts';
import type { ReportInput, ReportRow } from '../../src/report/report-input.ts';
import { makeRecord } from '../evaluation/make-record.ts';

const row = (name: string, ...runs: readonly (readonly AttackRecord[])[]): ReportRow => ({
  name,
  metrics: metricsOverSeeds(runs.map((records) => records.map((record) => outcomeOf(record)))),
  preset: 'bert-attack (default)',
  filters: ['similarity'],
  provenance: [{ name: 'max change rate', value: '0.4' }],
  runs: runs.map((records, i) => ({ records, resultsPath: `../runs/${name}-${i}/results.jsonl` })),
});

const flipped = makeRecord({
  id: 0,
  status: 'success',
  text: 'a great film',
  adversarialText: 'a decent film',
  changes: [{ index: 1, from: 'great', to: 'decent', score: 0.25 }],
});
const held = makeRecord({ id: 0, status: 'failed', text: 'a great film' });

const input: ReportInput = {
  title: 'Reviews',
  rows: [row('standard', [flipped]), row('vda', [held])],
  curves: [
    {
      name: 'vda',
      points: [
        { step: 1, loss: 0.7 },
        { step: 2, loss: 0.4 },
        { step: 2, evalAccuracy: 0.8 },
      ],
    },
  ],
  configurations: [
    { name: 'standard', command: 'vda train', options: { vda: false, epochs: 3, outputDir: 'a' } },
    { name: 'vda', command: 'vda train', options: { vda: true, epochs: 3, outputDir: 'b' } },
  ],
  versions: { vda: '0.1.0' },
  data: [{ name: 'test.tsv', sha256: 'ab12' }],
  commands: ['vda train --vda'],
};

describe('renderReport', () => {
  let page = '';
  beforeAll(async () => {
    page = await renderReport(input);
  });

  it('opens with what changed', () => {
    const headline = page.match(/<h2 id="summary"[^>]*>(.*?)<\/h2>/s)![1]!.replace(/<[^>]+>/g, '');
    expect(headline).toBe('Under attack, vda stays right on 100.0 % of the examples; standard on 0.0 %.');
  });

  it('says what must be known before the figures, in page and Markdown, harmless', async () => {
    const remarks = ['Training knows <b>WordNet</b>.'];
    const remarked = await renderReport({ ...input, remarks });
    const at = remarked.indexOf('<p class="warning">Training knows &lt;b&gt;WordNet&lt;/b&gt;.</p>');
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(remarked.indexOf('id="summary"'));
    const markdown = renderMarkdown({ ...input, remarks });
    expect(markdown).toMatch(/^# Reviews\n\n> Training knows .*WordNet/);
  });

  it('shows texts of both classes where the attacked file is sorted by class', async () => {
    const records = Array.from({ length: 40 }, (_, id) =>
      makeRecord({ id, status: 'failed', text: `text ${id}`, label: id < 20 ? 'neg' : 'pos' }),
    );
    const many = await renderReport({ ...input, rows: [row('standard', records)], examplesShown: 10 });
    const ids = Array.from(many.matchAll(/text (\d+)/g), ([, id]) => Number(id));
    expect(new Set(ids).size).toBe(10);
    expect(new Set(ids.filter((id) => id < 20)).size).toBe(5);
    expect(many).toMatch(/10 of 40 examples that some model had right/);
  });

  it('colours the words that changed, on both sides, with their effect', () => {
    expect(page).toContain('<mark class="from"><bdi>great</bdi></mark>');
    expect(page).toContain('title="for “great”, score −0.250"><bdi>decent</bdi></mark>');
  });

  it('draws a chart of each measure that was logged, twice: for wide and for narrow screens', () => {
    expect(page.match(/aria-label="Training loss over step"><svg/g)).toHaveLength(2);
    expect(page.match(/aria-label="Accuracy on held-out examples over step"><svg/g)).toHaveLength(2);
    expect(page).not.toContain('Gradient norm');
  });

  it('says how it was made', () => {
    for (const part of ['vda train --vda', 'ab12', '&quot;epochs&quot;: 3', '0.1.0']) {
      expect(page).toContain(part);
    }
  });

  it('lists the options that set the runs apart, and no others', () => {
    const table = page.match(/Options of vda train that differ.*?<\/table>/s)![0].replace(/<[^>]+>/g, ' ');
    expect(table).toMatch(/vda +false +true/);
    expect(table).not.toMatch(/epochs|outputDir/);
  });

  it('links to the sections that it has', () => {
    const nav = page.match(/<nav.*?<\/nav>/s)![0];
    const targets = [...nav.matchAll(/href="#(\w+)"/g)].map(([, id]) => id!);
    expect(targets).toEqual(['examples', 'effort', 'curves', 'slices', 'training', 'configuration']);
    for (const id of targets) expect(page).toContain(`<h2 id="${id}">`);
  });

  it('asks nothing of any network and lets only its own script run', () => {
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  it('is the same for the same input', async () => {
    expect(await renderReport(input)).toBe(page);
  });

  it('obeys nothing in texts, names, paths and messages', async () => {
    const attack = '<script>alert(1)</script>"\u202e\u001b[2J';
    const hostile = await renderReport({
      ...input,
      title: attack,
      rows: [
        {
          ...row(attack, []),
          preset: attack,
          filters: [attack],
          note: attack,
          runs: [
            {
              records: [
                makeRecord({ id: 0, status: 'failed', text: attack, label: attack }),
                makeRecord({ id: 1, status: 'error', text: attack, message: attack }),
              ],
              resultsPath: 'javascript:alert(1)',
            },
          ],
        },
      ],
      curves: [{ name: attack, points: [{ step: 1, loss: 1 }] }],
      configurations: ['x', attack].map((value) => ({
        name: attack,
        command: attack,
        options: { [attack]: value },
      })),
      versions: { [attack]: attack },
      data: [{ name: attack, sha256: attack }],
      commands: [attack],
    });
    expect(hostile.match(/<script/g)).toHaveLength(1);
    for (const obeyed of ['\u202e', '\u001b']) expect(hostile).not.toContain(obeyed);
    expect(hostile).not.toMatch(/href="javascript:/);
  });

  it('stands for an attack that has no result yet', async () => {
    const empty = await renderReport({ ...input, rows: [row('standard', [])], curves: [] });
    expect(empty).toContain('stays right on <strong>–</strong>');
    expect(await renderReport({ ...input, rows: [] })).toContain('No attack has been reported yet.');
  });

  it('shows what ended without an answer as such: not as held, nor as flipped', async () => {
    const statuses = ['failed', 'success', 'out-of-queries', 'nothing-to-change'] as const;
    const rows = [
      row(
        'A',
        statuses.map((status, id) => makeRecord({ id, status })),
      ),
    ];
    const page = await renderReport({ ...input, rows });
    expect(page).toContain(
      'bert-attack (default); filters: similarity; 4 examples; nothing could be changed in 1 of 4 texts',
    );
    expect(page.match(/data-statuses="[^"]*"/g)).toEqual(
      ['held', 'success', 'out-of-queries', 'nothing-to-change'].map((shown) => `data-statuses="${shown}"`),
    );
    for (const badge of ['? out of queries', '– nothing could be changed']) expect(page).toContain(badge);
    expect(page).toContain('between them: out of queries');
    expect(await renderReport(input)).not.toContain('between them: out of queries');
  });

  it('compares models over all their seeds, not over the first', async () => {
    const run = (kept: number) =>
      Array.from({ length: 40 }, (_, id) => makeRecord({ id, status: id < kept ? 'failed' : 'success' }));
    const rows = [row('A', run(10), run(30), run(30)), row('B', run(30), run(10), run(10))];
    const page = (await renderReport({ ...input, rows })).replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');
    expect(page).toContain('A stays right on 58.3 % of the examples');
    expect(page).toContain('B keeps fewer of them than A: −16.7 points');
    expect(page).toContain('40 examples'); // of each slice, not 120
    for (const note of ['Of several seeds, the first.', 'Over several seeds an example counts once']) {
      expect(page).toContain(note);
    }
    for (const path of ['A-0', 'A-1', 'A-2']) expect(page).toContain(`../runs/${path}/results.jsonl`);
  });

  it('tests nothing against what was attacked otherwise, and says so first', async () => {
    const run = (kept: number) =>
      Array.from({ length: 40 }, (_, id) => makeRecord({ id, status: id < kept ? 'failed' : 'success' }));
    const close = { ...row('close', run(40)), provenance: [{ name: 'max change rate', value: '0.1' }] };
    const page = await renderReport({ ...input, rows: [row('A', run(10)), close] });
    const said = page.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');
    expect(said).toContain('They differ in: max change rate 0.4 (A), 0.1 (close).');
    expect(page.indexOf('max change rate 0.4 (A)')).toBeLessThan(page.indexOf('id="summary"'));
    expect(said).toContain('Under attack, A stays right on 25.0 % of the examples.');
    expect(said).toContain('No row was tested against A');
    expect(said).toContain(
      'close is not tested against A: attacked otherwise (max change rate 0.4 there, 0.1 here).',
    );
    expect(page).not.toContain('McNemar');
  });

  it('withholds its verdict on a classifier that answers one class', async () => {
    const problem = { kind: 'one class', remark: 'predictions are nearly all one class' } as const;
    const run = (kept: number) =>
      Array.from({ length: 40 }, (_, id) => makeRecord({ id, status: id < kept ? 'failed' : 'success' }));
    const constant = { ...row('constant', run(40)), problems: [problem] };
    const said = async (rows: readonly ReportRow[]) =>
      (await renderReport({ ...input, rows })).replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');
    const best = await said([row('A', run(10)), constant, row('B', run(30))]);
    expect(best).toContain('Under attack, B stays right on 75.0 % of the examples; A on 25.0 %.');
    expect(best).toContain(
      'constant is not tested against A: the predictions of constant are nearly all one class.',
    );
    const first = await said([constant, row('A', run(10))]);
    expect(first).toContain(
      'constant answers nearly one class only: its accuracy under attack is no robustness.',
    );
    expect(first).not.toContain('McNemar');
  });

  it('calls no difference one that the exact test does not tell', async () => {
    const run = (kept: number) =>
      Array.from({ length: 100 }, (_, id) => makeRecord({ id, status: id < kept ? 'failed' : 'success' }));
    const verdict = async (...kept: readonly number[]) => {
      const others = kept.map((count, i) => row('BCD'[i]!, run(count)));
      const page = await renderReport({ ...input, rows: [row('A', run(50)), ...others] });
      return page
        .match(/<p class="verdict">(.*?)<\/p>/s)![1]!
        .replace(/<[^>]+>/g, '')
        .replace(/\s+/g, ' ');
    };
    expect(await verdict(54)).toMatch(/the data do not tell B from A: \+4\.0 points .*, McNemar p 0\.125/);
    expect(await verdict(56)).toMatch(/B keeps more of them than A: \+6\.0 points .*, McNemar p 0\.031/);
    expect(await verdict(56, 53, 52)).toMatch(
      /do not tell B from A: .*, McNemar p 0\.031, corrected for 3 comparisons \(Holm\) 0\.094/,
    );
  });
});
