import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { resultLine } from '../../src/attacks/results-file.ts';
import { gatherReport } from '../../src/report/gather-report.ts';
import { readMetrics } from '../../src/report/read-metrics.ts';
import { writeReport } from '../../src/report/write-report.ts';
import { makeRecord } from '../attacks/make-record.ts';

const root = mkdtempSync(join(tmpdir(), 'vda-report-'));
afterAll(() => rmSync(root, { recursive: true }));

function attackFolder(
  name: string,
  records: readonly AttackRecord[],
  ids = records.map(({ id }) => id),
): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const config = {
    attack: { recipe: 'bert-attack', fidelity: 'official' },
    data: { path: 'test.tsv', sha256: 'ab12' },
  };
  const manifest = {
    format: 1,
    config,
    hash: 'x',
    shard: { index: 0, count: 1 },
    ids,
    filters: ['similarity'],
  };
  writeFileSync(join(folder, 'attack.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'results.jsonl'), records.map(resultLine).join(''));
  return folder;
}

function trainingFolder(name: string, log: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), '{"lr":0.00005}');
  writeFileSync(join(folder, 'metrics.jsonl'), log);
  return folder;
}

const held = (id: number) => makeRecord({ id, status: 'failed' });
const flipped = (id: number) => makeRecord({ id, status: 'success' });

describe('gatherReport', () => {
  it('reads training and attack folders', () => {
    const input = gatherReport({
      title: 'Reviews',
      training: [{ folder: trainingFolder('vda', '{"step":1,"loss":0.7,"other":"x"}\n') }],
      attacks: [{ folder: attackFolder('vda-attack', [held(0), flipped(1)]), name: 'vda' }],
      output: join(root, 'report.html'),
    });
    expect(input.curves).toEqual([{ name: 'vda', points: [{ step: 1, loss: 0.7 }] }]);
    expect(input.rows[0]).toMatchObject({
      name: 'vda',
      preset: 'bert-attack (official)',
      filters: ['similarity'],
      resultsPath: join('vda-attack', 'results.jsonl'),
      metrics: { examples: 2, attAcc: { value: 0.5 } },
    });
    expect(input.configurations.map(({ name }) => name)).toEqual(['training vda', 'attack on vda']);
    expect(input.data).toEqual([{ path: 'test.tsv', sha256: 'ab12' }]);
  });

  it('says of an unfinished attack that it is one', () => {
    const folder = attackFolder('unfinished', [held(0)], [0, 1, 2]);
    const { rows } = gatherReport({
      title: '',
      training: [],
      attacks: [{ folder }],
      output: join(root, 'r.html'),
    });
    expect(rows[0]!.note).toBe('unfinished: 1 of 3 examples');
  });

  it('makes one row of the same attack on runs of one name', () => {
    const attacks = [attackFolder('seed-1', [held(0)]), attackFolder('seed-2', [flipped(0)])].map(
      (folder) => ({
        folder,
        name: 'vda',
      }),
    );
    const { rows } = gatherReport({ title: '', training: [], attacks, output: join(root, 'r.html') });
    expect(rows.map(({ metrics }) => [metrics.seeds, metrics.attAcc.value])).toEqual([[2, 0.5]]);
  });

  it('names the folder that holds no attack', () => {
    const attacks = [{ folder: join(root, 'nowhere') }];
    expect(() => gatherReport({ title: '', training: [], attacks, output: 'r.html' })).toThrow(
      /nowhere.results\.jsonl/,
    );
  });
});

describe('readMetrics', () => {
  it('leaves out a last line that was cut short', () => {
    const folder = trainingFolder('cut', '{"step":1,"loss":0.7}\n{"step":2,"lo');
    expect(readMetrics(join(folder, 'metrics.jsonl'))).toEqual([{ step: 1, loss: 0.7 }]);
  });

  it('refuses another broken line, by number', () => {
    const folder = trainingFolder('broken', '{"step":1}\n[]\n{"step":3}\n');
    expect(() => readMetrics(join(folder, 'metrics.jsonl'))).toThrow(/line 2/);
  });
});

describe('writeReport', () => {
  it('writes the page', async () => {
    const output = join(root, 'out', 'report.html');
    const attacks = [{ folder: attackFolder('written', [held(0)]), name: 'vda' }];
    await writeReport({ title: 'Reviews', training: [], attacks, output });
    expect(readFileSync(output, 'utf8')).toContain('href="./../written/results.jsonl"');
  });
});
