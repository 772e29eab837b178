import { expect, test } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { outcomeOf } from '../../src/evaluation/outcome.ts';
import { totalRejections } from '../../src/evaluation/rejections.ts';
import { robustnessCurve } from '../../src/evaluation/robustness-curves.ts';
import { makeRecord } from './make-record.ts';

const changes = (count: number): AttackRecord['changes'] =>
  Array.from({ length: count }, (_, index) => ({ index, from: 'a', to: 'b', score: 1 }));

const records = [
  makeRecord({ id: 0, status: 'success', queries: 5, changes: changes(1) }),
  makeRecord({ id: 1, status: 'success', queries: 20, changes: changes(3) }),
  makeRecord({ id: 2, status: 'failed', queries: 90, changes: changes(4) }),
  makeRecord({ id: 3, status: 'skipped', queries: 0 }),
  makeRecord({ id: 4, status: 'out-of-queries', queries: 30, changes: changes(2) }),
];

test('accuracy falls from that before the attack to that under it, a step at each attack that was lost', () => {
  const outcomes = records.map((record) => outcomeOf(record));
  expect(robustnessCurve(outcomes, 'queries')).toEqual([
    { limit: 0, attAcc: 4 / 5 },
    { limit: 5, attAcc: 3 / 5 },
    { limit: 20, attAcc: 2 / 5 },
    { limit: 30, attAcc: 1 / 5 },
  ]);
  expect(robustnessCurve(outcomes, 'changed')).toEqual([
    { limit: 0, attAcc: 3 / 5 }, // the one out of queries is shown to hold under no limit
    { limit: 1, attAcc: 2 / 5 },
    { limit: 3, attAcc: 1 / 5 },
  ]);
});

test('rejections are summed over records, those of most edits first', () => {
  const refused = (id: number, rejections: AttackRecord['rejections'] & object) =>
    makeRecord({ id, status: 'failed', rejections });
  const total = totalRejections([
    refused(0, { 'stop-words': { words: 3, edits: 2 } }),
    refused(1, { 'stop-words': { words: 1, edits: 0 }, related: { words: 0, edits: 40 } }),
    makeRecord({ id: 2, status: 'failed' }),
  ]);
  expect(total).toEqual([
    { constraint: 'related', words: 0, edits: 40 },
    { constraint: 'stop-words', words: 4, edits: 2 },
  ]);
});
