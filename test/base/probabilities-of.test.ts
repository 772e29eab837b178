import { expect, test } from 'vitest';
import { probabilitiesOf } from '../../src/base/probabilities-of.ts';

test('probabilities are e^z over their sum, also for logits whose e^z overflows', () => {
  expect(probabilitiesOf([0, Math.log(3)])).toEqual([expect.closeTo(1 / 4), expect.closeTo(3 / 4)]);
  expect(probabilitiesOf([1000, 1000])).toEqual([0.5, 0.5]);
});
