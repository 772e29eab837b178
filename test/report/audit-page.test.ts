import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { auditPage } from '../../src/report/audit-page.ts';
import { auditCore } from '../../src/report/audit-script.ts';
import { readAnswers } from '../../src/runs/audit-file.ts';
import { auditSample } from '../../src/runs/audit-sample.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { chromium, inChromium } from './chromium.ts';
import { attackFolder } from './run-folders.ts';

const success = (id: number, more = {}) =>
  makeRecord({
    ...{ id, status: 'success', text: `a great film ${id}`, adversarialText: `a decent film ${id}` },
    label: id % 2 === 0 ? 'good' : 'bad',
    ...more,
  });

const records = [...[0, 1, 2, 3].map((id) => success(id)), makeRecord({ id: 4, status: 'failed' })];

function pageOf(records: readonly ReturnType<typeof makeRecord>[], draw = { count: 3, seed: 0 }) {
  const folder = attackFolder(temporaryFolder(), records);
  const sample = auditSample(folder, draw);
  return { folder, sample, page: auditPage(sample, { title: 'Audit' }) };
}

/** The answers' state machine, as the page runs it. */
const machine = (ids: readonly number[]) => runInNewContext(`${auditCore}; audit`)(ids);
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('auditPage', () => {
  it('shows the texts of the sample in its order, and neither true class nor prediction', () => {
    const { page, sample } = pageOf(records);
    const shown = [...page.matchAll(/data-id="(\d+)"/g)].map(([, id]) => Number(id));
    expect(shown).toEqual(sample.records.map(({ id }) => id));
    expect(page).toContain('<mark class="from"><bdi>great</bdi></mark>');
    expect(page).toContain('<mark class="to" title="for “great”"><bdi>decent</bdi></mark>');
    const articles = [...page.matchAll(/<article.*?<\/article>/gs)].join('');
    expect(articles).not.toMatch(/good|bad/);
  });

  it('asks nothing of any network, and obeys nothing in texts and classes', () => {
    const hostile = '<script>alert(1)</script>"\u202e';
    const { page } = pageOf([success(0, { text: hostile, adversarialText: `${hostile} x`, label: hostile })]);
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('\u202e');
  });

  it('has an answer key for each class and for none', () => {
    const { page } = pageOf(records);
    expect([...page.matchAll(/name="label" value="([^"]*)" data-key="(\w)"/g)].map(([, ...m]) => m)).toEqual([
      ['&quot;bad&quot;', '1'],
      ['&quot;good&quot;', '2'],
      ['null', '3'],
    ]);
  });
});

describe('the answers of the page', () => {
  const { empty, answer, undo, saved, restored, move, done, open } = machine([7, 3]);
  const answered = (state: unknown, [meaning, label, natural]: readonly [boolean, string | null, number]) =>
    answer(answer(answer(state, 'meaning', meaning), 'label', label), 'natural', natural);

  it('go on to the next text after the last question, and are saved where all three are there', () => {
    const state = answer(answered({ ...empty(), rater: ' ada ' }, [true, null, 4]), 'meaning', false);
    expect([state.at, done(state), open(state)]).toEqual([1, 1, 'label']);
    expect(plain(saved(state, { attack: 'a', sample: 's', count: 2, seed: 0 }))).toEqual({
      format: 'vda audit answers 1',
      attack: 'a',
      sample: { id: 's', count: 2, seed: 0 },
      rater: 'ada',
      answers: [{ id: 7, meaning: true, label: null, natural: 4 }],
    });
  });

  it('are undone one by one, at the text that they were about', () => {
    const state = answered(empty(), [true, 'good', 4]);
    const back = undo(state);
    expect([back.at, open(back), done(back)]).toEqual([0, 'natural', 0]);
    expect(open(undo(back))).toBe('label');
    expect(plain(undo(empty()))).toEqual(plain(empty()));
  });

  it('are corrected without leaving the text', () => {
    const state = answer(move(answered(empty(), [true, 'good', 4]), 0), 'natural', 2);
    expect([state.at, state.answers[7].natural]).toEqual([0, 2]);
  });

  it('outlive the page, and what is no state of it does not', () => {
    const state = answered(empty(), [true, 'good', 4]);
    expect(plain(restored(JSON.stringify(state)))).toEqual(plain(state));
    for (const other of ['', '{}', '[]', 'null', '{"rater":1}']) {
      expect(plain(restored(other))).toEqual(plain(empty()));
    }
  });
});

describe.skipIf(chromium === undefined)('the page in a browser', () => {
  it('is filled in by keyboard, kept, saved as a file and read back', { timeout: 180_000 }, async () => {
    const { folder, sample, page } = pageOf(records);
    const file = join(folder, 'audit.html');
    writeFileSync(file, page);
    const downloads = temporaryFolder();
    await inChromium(file, {
      downloads,
      work: async ({ evaluate, press, reload, complaints }) => {
        const place = () => evaluate(`document.querySelector('.place').textContent`);
        expect(await place()).toBe('Text 1 of 3, 0 answered');
        for (const key of ['1', '2', '4', '1', '1', '3', 'u', '5', '2', '3', '1']) await press(key);
        expect(await place()).toBe('Text 3 of 3, 3 answered');
        await reload();
        expect(await place()).toBe('Text 3 of 3, 3 answered');
        await evaluate(`document.querySelector('[name=rater]').focus()`);
        for (const key of 'Ada u') await press(key);
        await evaluate('document.activeElement.blur()');
        await press('s');
        expect(await evaluate(`document.querySelector('.said').textContent`)).toBe(
          'Saved 3 of 3 texts to answers-Ada-u.json.',
        );
        const saved = join(downloads, 'answers-Ada-u.json');
        await expect.poll(() => existsSync(saved), { timeout: 60_000 }).toBe(true);
        expect(complaints).toEqual([]);
      },
    });
    const path = join(downloads, 'answers-Ada-u.json');
    expect(JSON.parse(readFileSync(path, 'utf8')).rater).toBe('Ada u');
    expect(readAnswers(folder, [path]).examples).toEqual(
      [
        { meaning: true, label: 'good', natural: 4 },
        { meaning: true, label: 'bad', natural: 5 },
        { meaning: false, label: null, natural: 1 },
      ].map((said, i) => ({ id: sample.records[i]!.id, answers: [{ rater: 'Ada u', ...said }] })),
    );
  });
});
