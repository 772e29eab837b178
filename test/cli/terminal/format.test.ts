import { expect, test } from 'vitest';
import { formatBytes, formatDuration, formatRate } from '../../../src/cli/terminal/format.ts';

test.each([
  [0, '0:00'],
  [7.9, '0:07'],
  [754, '12:34'],
  [3599, '59:59'],
  [3723, '1:02:03'],
  [2 * 86_400 + 3 * 3600 + 4 * 60 + 5, '2d 03:04:05'],
  [Number.POSITIVE_INFINITY, '--:--'],
  [Number.NaN, '--:--'],
  [-1, '--:--'],
])('formatDuration(%d) is %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [1234.4, '1234 it/s'],
  [99.96, '100 it/s'],
  [12.34, '12.3 it/s'],
  [1, '1.00 it/s'],
  [0.4, '2.50 s/it'],
  [1 / 90, '1.50 min/it'],
  [0, '-- it/s'],
  [Number.NaN, '-- it/s'],
])('formatRate(%d) is %s', (perSecond, text) => {
  expect(formatRate(perSecond)).toBe(text);
});

test.each([
  [0, '0 B'],
  [512, '512 B'],
  [1024, '1.00 KiB'],
  [7.79 * 2 ** 30, '7.79 GiB'],
  [2 ** 53, '8192 TiB'],
])('formatBytes(%d) is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
