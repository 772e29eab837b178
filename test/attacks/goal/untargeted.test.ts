import { expect, test } from 'vitest';
import { marginOf, untargeted } from '../../../src/attacks/goal/untargeted.ts';
import { untargetedByProbability } from '../../../src/attacks/goal/untargeted-by-probability.ts';

test('the margin is the true logit less the best of the others', () => {
  expect(marginOf([1, 4, 2.5], 1)).toBe(1.5);
  expect(marginOf([1, 4, 2.5], 0)).toBe(-3);
  expect(marginOf([Math.log(0.8), Math.log(0.2)], 0)).toBeCloseTo(Math.log(4), 12);
});

test('margins tell apart what probabilities round to 1', () => {
  const rows = [
    [60, 0],
    [50, 0],
  ];
  const byMargin = rows.map(untargeted.of(0).score);
  const byProbability = rows.map(untargetedByProbability.of(0).score);
  expect(byMargin).toEqual([60, 50]);
  expect(byProbability).toEqual([1, 1]);
});

test('both goals are reached where another class comes first', () => {
  for (const goal of [untargeted.of(1), untargetedByProbability.of(1)]) {
    expect(goal.reached([0, 1])).toBe(false);
    expect(goal.reached([1, 0])).toBe(true);
    expect(goal.reached([1, 1])).toBe(true); // the first of equals is predicted
  }
});
