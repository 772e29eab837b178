import { describe, expect, test } from 'vitest';
import { labelOf, secondsOf } from '../../src/jobs/job.ts';

describe('labelOf', () => {
  test.each([
    ['vda-attack-Runs/VDA_large.v2', 63, 'vda-attack-runs-vda-large-v2'],
    ['vda-attack-Überfall', 63, 'vda-attack-u-berfall'],
    ['12-vda', 63, 'vda'],
    ['vda-attack-name', 11, 'vda-attack'],
  ])('%s in at most %d characters', (name, most, label) => {
    expect(labelOf(name, most)).toBe(label);
  });
});

test.each([
  ['00:00:30', 30],
  ['12:00:00', 43_200],
  ['2-01:00:01', 176_401],
])('%s in seconds', (time, seconds) => {
  expect(secondsOf(time)).toBe(seconds);
});
