import { expect, it } from 'vitest';
import { calibrationOf } from '../../src/evaluation/clean-rows.ts';
import { makeRecord } from './make-record.ts';

it('takes no calibration of records of which one has a row that lacks its class', () => {
  const whole = makeRecord({ id: 0, status: 'failed', originalLogits: [-1, 1] });
  expect(calibrationOf([whole])).toBeDefined();
  expect(calibrationOf([whole, { ...whole, id: 1, originalLogits: [-1] }])).toBeUndefined();
});
