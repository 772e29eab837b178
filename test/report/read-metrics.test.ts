import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readMetrics } from '../../src/report/read-metrics.ts';

const root = mkdtempSync(join(tmpdir(), 'vda-metrics-'));
afterAll(() => rmSync(root, { recursive: true }));

function read(log: string) {
  const path = join(root, 'metrics.jsonl');
  writeFileSync(path, log);
  return readMetrics(path);
}

describe('readMetrics', () => {
  it('keeps the known measures that are numbers', () => {
    expect(read('{"step":1,"loss":0.7,"reg":null,"other":1}\n{"step":1,"evalAttackAccuracy":0.4}\n')).toEqual(
      [
        { step: 1, loss: 0.7 },
        { step: 1, evalAttackAccuracy: 0.4 },
      ],
    );
  });

  it('leaves out a last line that was cut short', () => {
    expect(read('{"step":1,"loss":0.7}\n{"step":2,"lo')).toEqual([{ step: 1, loss: 0.7 }]);
  });

  it('refuses another broken line, by number', () => {
    expect(() => read('{"step":1}\n[]\n{"step":3}\n')).toThrow(/line 2/);
  });

  it('names a log that is not there', () => {
    expect(() => readMetrics(join(root, 'none.jsonl'))).toThrow(/none\.jsonl/);
  });
});
