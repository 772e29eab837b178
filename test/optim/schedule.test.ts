import { describe, expect, it } from 'vitest';
import { type ScheduleName, scheduleFactor, scheduleNames, warmupSteps } from '../../src/optim/schedule.ts';
import oracle from '../fixtures/optim/schedules.json' with { type: 'json' };

describe('scheduleFactor', () => {
  it.each(oracle)('is that of transformers: $name, warm-up $warmupSteps', (row) => {
    const { name, warmupSteps: warmup, totalSteps } = row;
    for (const [step, factor] of row.factors.entries()) {
      const position = { step, warmupSteps: warmup, totalSteps };
      expect(scheduleFactor(name as ScheduleName, position)).toBeCloseTo(factor, 12);
    }
  });

  it('is checked for every schedule', () => {
    expect(new Set(oracle.map(({ name }) => name))).toEqual(new Set(scheduleNames));
  });
});

describe('warmupSteps', () => {
  it.each([
    [0, 100, 0],
    [0.1, 100, 10],
    [0.06, 101, 7], // 6.06
    [1, 3, 3],
  ])('rounds up, ratio %d of %d', (ratio, totalSteps, steps) => {
    expect(warmupSteps({ ratio, totalSteps })).toBe(steps);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the ratio %d', (ratio) => {
    expect(() => warmupSteps({ ratio, totalSteps: 10 })).toThrow(/between 0 and 1/);
  });
});
