import { expect, test } from 'vitest';
import { formatDifference, formatPValue } from '../../src/report/result-row.ts';

test.each([
  [0.0312, 'percent', '+3.1'],
  [-0.0312, 'percent', '−3.1'],
  [-0.0004, 'percent', '0.0'],
  [-12.34, 'count', '−12.3'],
] as const)('a difference of %d as %s is %s', (difference, unit, said) => {
  expect(formatDifference(difference, unit)).toBe(said);
});

test.each([
  [0.0009, '< 0.001'],
  [0.001, '0.001'],
  [1, '1.000'],
])('a p-value of %d is %s', (p, said) => expect(formatPValue(p)).toBe(said));
