import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { renderTable } from '../../src/report/results-table.ts';
import { writeReport } from '../../src/report/write-report.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { attackFolder, trainFolder } from './run-folders.ts';

const root = mkdtempSync(join(tmpdir(), 'vda-report-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('writeReport', () => {
  it('writes the page and gives the rows of its table', async () => {
    const file = join(root, 'out', 'report.html');
    const summary = await writeReport({
      file,
      title: 'Reviews',
      command: 'vda demo',
      rows: [
        {
          name: 'VDA',
          trainFolder: trainFolder(join(root, 'vda'), { log: '{"step":1,"loss":0.5}\n' }),
          attackFolder: attackFolder(join(root, 'attack'), [makeRecord({ id: 0, status: 'failed' })]),
        },
      ],
    });
    const page = readFileSync(file, 'utf8');
    for (const part of ['href="./../attack/results.jsonl"', 'vda demo', 'Training loss over step', 'ab12']) {
      expect(page).toContain(part);
    }
    expect(summary.file).toBe(file);
    expect(renderTable(summary.rows, { format: 'text' })).toMatch(/VDA +100\.0 % /);
  });
});
