import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../../src/evaluation/outcome.ts';
import type { CellResult } from '../../src/experiments/cell-result.ts';
import { tableOf } from '../../src/experiments/table.ts';
import { gatherReport } from '../../src/report/gather-report.ts';
import type { ReportSource } from '../../src/report/read-attack.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { toyCell, toyGrid } from '../experiments/toy-cells.ts';
import { attackFolder, trainFolder } from './run-folders.ts';

const root = mkdtempSync(join(tmpdir(), 'vda-gather-'));
afterAll(() => rmSync(root, { recursive: true }));

const held = (id: number) => makeRecord({ id, status: 'failed' });
const flipped = (id: number) => makeRecord({ id, status: 'success' });
const gather = (...rows: readonly ReportSource[]) =>
  gatherReport({ title: 'Reviews', rows, file: join(root, 'report.html') });

describe('gatherReport', () => {
  it('reads what was measured and how it was made', () => {
    const input = gather({
      name: 'VDA',
      trainFolder: trainFolder(join(root, 'vda'), { log: '{"step":1,"loss":0.7,"other":"x"}\n' }),
      attackFolder: attackFolder(join(root, 'vda', 'attack'), [held(0), flipped(1)]),
    });
    expect(input.curves).toEqual([{ name: 'VDA', points: [{ step: 1, loss: 0.7 }] }]);
    expect(input.rows[0]).toMatchObject({
      name: 'VDA',
      preset: 'bert-attack (official)',
      filters: ['similarity'],
      runs: [{ records: [{ id: 0 }, { id: 1 }], resultsPath: join('vda', 'attack', 'results.jsonl') }],
      metrics: { examples: 2, attAcc: { value: 0.5 } },
    });
    expect(input.rows[0]).not.toHaveProperty('note');
    expect(input.configurations).toEqual([
      { name: 'VDA', command: 'vda train', options: { trainFile: 'train.tsv' } },
    ]);
    expect(input.versions).toEqual({ vda: '0.1.0' });
    expect(input.data).toEqual([{ name: 'trainFile: train.tsv', sha256: 'ab12' }]);
  });

  it('takes the given names of attack and filters before the recorded ones', () => {
    const { rows } = gather({
      name: 'VDA',
      attackFolder: attackFolder(join(root, 'named'), [held(0)]),
      preset: 'quick',
      filters: [],
    });
    expect(rows[0]).toMatchObject({ preset: 'quick', filters: [] });
  });

  it('says of an unfinished attack that it is one', () => {
    const { rows } = gather({
      name: 'VDA',
      attackFolder: attackFolder(join(root, 'unfinished'), [held(0)], [0, 1, 2]),
    });
    expect(rows[0]!.note).toBe('unfinished: 1 of 3 examples');
  });

  it('counts as robust what the attack recorded, `failed` alone where it recorded nothing', () => {
    const records = [held(0), makeRecord({ id: 1, status: 'nothing-to-change' })];
    const attAcc = (folder: string, more = {}) =>
      gather({ name: 'VDA', attackFolder: attackFolder(join(root, folder), records, [0, 1], more) }).rows[0]!
        .metrics.attAcc.value;
    expect(attAcc('before')).toBe(1 / 2);
    expect(attAcc('default', { robustEndings: ['failed'] })).toBe(1 / 2);
    expect(attAcc('published', { robustEndings: ['failed', 'nothing-to-change'] })).toBe(1);
  });

  it('says of pairs which text was attacked and what Perturb counts', () => {
    const pair = makeRecord({ id: 0, status: 'failed', textPair: 'a second text' });
    const { rows } = gather({ name: 'VDA', attackFolder: attackFolder(join(root, 'pairs'), [pair]) });
    expect(rows[0]!.note).toBe('pairs: second text attacked, Perturb over the words of both texts');
  });

  it('says where results end in a line cut short', () => {
    const folder = attackFolder(join(root, 'cut'), [held(0)]);
    appendFileSync(join(folder, 'results.jsonl'), '{"id":1,"sta');
    const { rows } = gather({ name: 'VDA', attackFolder: folder });
    expect(rows[0]).toMatchObject({
      metrics: { examples: 1 },
      note: '1 lines of the results are cut short or damaged',
    });
  });

  it('makes one row of the same attack on runs of one name', () => {
    const { rows } = gather(
      { name: 'VDA', attackFolder: attackFolder(join(root, 'seed-1'), [held(0)]) },
      { name: 'VDA', attackFolder: attackFolder(join(root, 'seed-2'), [flipped(0)]) },
    );
    expect(rows.map(({ metrics }) => [metrics.seeds, metrics.attAcc.value])).toEqual([[2, 0.5]]);
    expect(rows[0]!.runs.map(({ records }) => records.map(({ status }) => status))).toEqual([
      ['failed'],
      ['success'],
    ]);
  });

  it('makes one row of runs on different devices, and says so', () => {
    const attacked = (folder: string, device: string) => ({
      name: 'VDA',
      attackFolder: attackFolder(join(root, folder), [held(0)], [0], { config: { device } }),
    });
    const { rows } = gather(attacked('on-cpu', 'cpu'), attacked('on-cuda', 'cuda'));
    expect(rows.map(({ metrics }) => metrics.seeds)).toEqual([2]);
    expect(rows[0]!.note).toMatch(/device.* cpu and cuda/);
  });

  it('keeps rows of one name apart, numbered, where their attacks differ', () => {
    const attacked = (folder: string, maxChangeRate: number) => ({
      name: 'VDA',
      attackFolder: attackFolder(join(root, folder), [held(0)], [0], {
        config: { attack: { maxChangeRate } },
      }),
    });
    const { rows } = gather(attacked('far', 0.4), attacked('near', 0.1), attacked('near-too', 0.1));
    expect(rows.map(({ name, metrics }) => [name, metrics.seeds])).toEqual([
      ['VDA (1)', 1],
      ['VDA (2)', 2],
    ]);
  });

  it('names rows of one name by their lexica, where the run records say them', () => {
    const attacked = (similarity: string, maxChangeRate: number) => {
      const folder = attackFolder(join(root, similarity), [held(0)], [0], {
        config: { attack: { recipe: 'bert-attack', maxChangeRate } },
      });
      const record = { command: 'attack', options: { similarity: [similarity] } };
      writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
      return { name: 'VDA', attackFolder: folder };
    };
    const { rows } = gather(attacked('wordnet', 0.4), attacked('lexica/own.json', 0.1));
    expect(rows.map(({ name }) => name)).toEqual(['VDA, WordNet', 'VDA, own.json']);
  });

  it('adds the worst case over different attacks on one model and the same texts', () => {
    const model = { path: 'vda', sha256: '1'.repeat(64) };
    const attackBy = (recipe: string, records: Parameters<typeof attackFolder>[1]) => ({
      name: recipe,
      attackFolder: attackFolder(join(root, `worst-${recipe}`), records, [0, 1, 2], {
        config: { model, attack: { recipe } },
      }),
    });
    const first = attackBy('bert-attack', [held(0), flipped(1), held(2)]);
    const second = attackBy('textfooler', [flipped(0), held(1), held(2)]);
    const { rows, worstCases } = gather(first, second);
    expect(rows.map(({ metrics }) => metrics.attAcc.value)).toEqual([2 / 3, 2 / 3]);
    expect(worstCases).toMatchObject([
      {
        name: 'worst case of bert-attack, textfooler',
        worstOf: ['bert-attack', 'textfooler'],
        metrics: { attAcc: { value: 1 / 3 }, examples: 3 },
      },
    ]);
    expect(gather(first).worstCases).toBeUndefined();
    const otherTexts = attackBy('pwws', [held(0), held(1), held(5)]);
    expect(gather(first, otherTexts).worstCases).toBeUndefined();
  });

  it('takes neither one attack nor one model for two seeds', () => {
    const config = { model: { path: 'vda', sha256: '1'.repeat(64) } };
    const folders = ['one', 'two'].map((name) => attackFolder(join(root, name), [held(0)], [0], { config }));
    const [one, two] = folders.map((attackFolder) => ({ name: 'VDA', attackFolder }));
    expect(() => gather(one!, one!)).toThrow(/is given twice as "VDA"/);
    expect(gather(one!, two!).rows[0]!.note).toBe('one model is there several times: no seed of its own');
  });

  it('says what is wrong with the predictions before the attack', () => {
    const records = Array.from({ length: 8 }, (_, id) =>
      makeRecord({ id, status: id % 2 ? 'skipped' : 'failed', label: id % 2 ? 'bad' : 'good' }),
    );
    const { rows } = gather({ name: 'VDA', attackFolder: attackFolder(join(root, 'constant'), records) });
    expect(rows[0]!.problems).toMatchObject([{ kind: 'one class' }]);
  });

  it('names no folder of this machine', () => {
    const home = homedir();
    const attack = attackFolder(join(root, 'paths'), [
      makeRecord({ id: 0, status: 'error', message: `no ${home}/x/y` }),
    ]);
    const options = { testFile: join(home, 'data/test.tsv'), model: '/srv/models/vda' };
    writeFileSync(
      join(attack, 'run.json'),
      JSON.stringify({ command: 'attack', options, data: { testFile: 'ab' } }),
    );
    const input = gatherReport({
      ...{ title: 'Reviews', file: join(home, 'report.html'), rows: [{ name: 'VDA', attackFolder: attack }] },
      command: `vda attack --model /srv/models/vda --test-file ${home}/data/test.tsv`,
    });
    expect(JSON.stringify(input)).not.toMatch(new RegExp(`${home}|/srv|${root}`));
    expect(input.commands).toEqual(['vda attack --model vda --test-file test.tsv']);
    expect(input.data).toEqual([{ name: 'testFile: test.tsv', sha256: 'ab' }]);
  });

  it('has the intervals of `vda reproduce` for the same runs', () => {
    const runs = [3, 4, 6].map((kept) =>
      Array.from({ length: 10 }, (_, id) => (id < kept ? held(id) : flipped(id))),
    );
    const rows = runs.map((records, i) => ({
      name: 'VDA',
      attackFolder: attackFolder(join(root, `same-${i}`), records),
    }));
    const cells = runs.map(
      (records, i): CellResult => ({
        cell: toyCell({ seed: i + 1 }),
        outcomes: records.map((record) => outcomeOf(record)),
        attack: { preset: 'bert-attack (official)', filters: ['similarity'] },
        epochs: [],
      }),
    );
    const [line] = tableOf(toyGrid(), cells).lines;
    expect(gather(...rows).rows[0]!.metrics).toEqual(line!.cells[0]!.metrics);
  });

  it('draws a training once that stands behind two attacks', () => {
    const training = trainFolder(join(root, 'once'), { log: '{"step":1,"loss":0.7}\n' });
    const { curves, rows } = gather(
      { name: 'A', trainFolder: training, attackFolder: attackFolder(join(root, 'by-a'), [held(0)]) },
      { name: 'B', trainFolder: training, attackFolder: attackFolder(join(root, 'by-b'), [held(0)]) },
    );
    expect([curves.length, rows.length]).toEqual([1, 2]);
  });

  it('names the folder that holds no attack', () => {
    expect(() => gather({ name: 'VDA', attackFolder: join(root, 'nowhere') })).toThrow(
      /nowhere.results\.jsonl/,
    );
  });

  it('refuses a run.json that is no run record', () => {
    const folder = attackFolder(join(root, 'odd'), [held(0)]);
    writeFileSync(join(folder, 'run.json'), '{"command": 5}');
    expect(() => gather({ name: 'VDA', attackFolder: folder })).toThrow(/run\.json.*command/s);
  });
});
