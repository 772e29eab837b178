import { expect, test } from 'vitest';
import { attackMetrics } from '../../src/evaluation/metrics.ts';
import { worstCase } from '../../src/evaluation/worst-case.ts';
import { makeRecord } from './make-record.ts';

test('a text is robust in the worst case only if it survives every attack', () => {
  const first = [
    makeRecord({ id: 0, status: 'failed', queries: 1 }),
    makeRecord({ id: 1, status: 'failed', queries: 2 }),
    makeRecord({ id: 2, status: 'success', queries: 3 }),
    makeRecord({ id: 3, status: 'skipped', queries: 0 }),
    makeRecord({ id: 4, status: 'failed', queries: 4 }),
    makeRecord({ id: 5, status: 'failed' }), // the other attack has not come to it
  ];
  const second = [
    makeRecord({ id: 0, status: 'failed', queries: 10 }),
    makeRecord({ id: 1, status: 'success', queries: 20 }),
    makeRecord({ id: 2, status: 'failed', queries: 30 }),
    makeRecord({ id: 3, status: 'skipped', queries: 0 }),
    makeRecord({ id: 4, status: 'out-of-queries', queries: 40 }),
  ];
  const worst = worstCase([first, second]);
  expect(worst.map(({ id, status, queries }) => [id, status, queries])).toEqual([
    [0, 'failed', 11],
    [1, 'success', 22],
    [2, 'success', 33],
    [3, 'skipped', 0],
    [4, 'out-of-queries', 44],
  ]);
  expect(attackMetrics(worst).attAcc.value).toBe(1 / 5);
});
