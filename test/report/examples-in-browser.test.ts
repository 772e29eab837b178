import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { metricsOverSeeds } from '../../src/evaluation/metrics.ts';
import { outcomeOf } from '../../src/evaluation/outcome.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { chromium, inChromium, type OpenPage } from './chromium.ts';

const row = (name: string, records: readonly AttackRecord[]) => ({
  name,
  metrics: metricsOverSeeds([records.map((record) => outcomeOf(record))]),
  ...{ preset: 'bert-attack (default)', filters: [], runs: [{ records }] },
});

const changed = makeRecord({
  ...{
    id: 0,
    status: 'success',
    text: 'a great film to see <b>',
    adversarialText: 'one a decent <i>\u202e to see <b>',
  },
  changes: [
    { index: 1, from: 'great film', to: 'decent <i>\u202e', score: 0.25 },
    { index: 0, from: '', to: 'one', score: 0.125 },
  ],
});

const inReport = (records: readonly AttackRecord[], work: (page: OpenPage) => Promise<void>) =>
  inPage([row('plain', records)], work);

async function inPage(rows: readonly ReturnType<typeof row>[], work: (page: OpenPage) => Promise<void>) {
  const input = { curves: [], configurations: [], versions: {}, data: [], commands: [] };
  const page = await renderReport({ title: 'Reviews', rows, ...input });
  const folder = temporaryFolder();
  const file = join(folder, 'report.html');
  writeFileSync(file, page);
  await inChromium(file, { downloads: folder, work });
}

describe.skipIf(chromium === undefined)('the attacked texts in a browser', { timeout: 120_000 }, () => {
  it('are replayed step by step, by keyboard, as text alone', () =>
    inReport([changed], async ({ evaluate, press, complaints }) => {
      const attacked = () => evaluate(`document.querySelector('.attacked').textContent.trim()`);
      const step = () => evaluate(`document.querySelector('.replay').textContent`);
      const whole = await attacked();
      await press('j');
      await press('ArrowLeft');
      expect([await attacked(), await step()]).toEqual([
        'a decent <i>\\u202e to see <b>',
        'Step 1 of 2 great film → decent <i>\\u202e, score −0.250',
      ]);
      await press('ArrowLeft');
      expect([await attacked(), await step()]).toEqual([
        'a great film to see <b>',
        'Step 0 of 2 the original',
      ]);
      await press('ArrowLeft');
      for (const _ of [1, 2]) await press('ArrowRight');
      expect([await attacked(), await step()]).toEqual([whole, 'Step 2 of 2 nothing → one, score −0.125']);
      await evaluate(`document.querySelector('[data-steps]').click()`);
      expect(await attacked()).toBe('a great film to see <b>');
      expect(complaints).toEqual([]);
    }));

  it('are searched, filtered, sorted and walked through, a thousand of them', () => {
    const records = Array.from({ length: 1000 }, (_, id) =>
      makeRecord({
        ...{ id, status: id < 10 ? 'success' : 'failed', text: `film number ${id} end`, queries: id },
        label: id % 2 === 0 ? 'good' : 'bad',
      }),
    );
    return inReport(records, async ({ evaluate, press, complaints }) => {
      const shown = () =>
        evaluate(
          `[...document.querySelectorAll('.example')].filter((card) => !card.hidden).map((card) => Number(card.dataset.id))`,
        );
      const choose = (name: string, value: string) =>
        evaluate(`(() => {
          const field = document.querySelector('form.filter').elements.${name};
          field.value = ${JSON.stringify(value)};
          field.dispatchEvent(new Event('input', { bubbles: true }));
        })()`);
      expect(await shown()).toHaveLength(1000);
      await press('/');
      for (const key of 'Number 777') await press(key);
      expect(await shown()).toEqual([777]);
      await choose('word', '');
      await choose('outcome', 'flipped');
      await choose('label', 'bad');
      await choose('order', 'queries');
      expect(await shown()).toEqual([9, 7, 5, 3, 1]);
      expect(await evaluate(`document.querySelector('form.filter output').value`)).toBe('5 of 1000');
      await evaluate('document.activeElement.blur()');
      for (const key of ['j', 'j', 'j', 'k']) await press(key);
      expect(await evaluate('document.activeElement.dataset.id')).toBe('7');
      expect(complaints).toEqual([]);
    });
  });

  it('stand on a page as wide as its window, whatever six models are called', () => {
    const names = Array.from({ length: 6 }, (_, i) => `model-${i}, counterfitted_neighbors.json`);
    const work = async ({ evaluate, resize }: OpenPage) => {
      await evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
      for (const width of [1100, 760, 390]) {
        await resize(width, 900);
        expect(await evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      }
    };
    return inPage(
      names.map((name) => row(name, [changed])),
      work,
    );
  });
});
