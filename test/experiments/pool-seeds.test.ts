import { describe, expect, it } from 'vitest';
import { attackMetrics } from '../../src/attacks/metrics.ts';
import { outcomeOf } from '../../src/attacks/outcome.ts';
import { poolSeeds } from '../../src/experiments/pool-seeds.ts';
import { records } from './toy-cells.ts';

const attacked = records([
  ...(['failed', 'success', 'success', 'skipped', 'failed', 'error'] as const),
  ...(['out-of-queries', 'nothing-to-change'] as const),
]);
const run = attacked.map((record) => outcomeOf(record));

describe('poolSeeds', () => {
  it('is what a report says of one attack', () => {
    const { oriAcc, attAcc, qNum, perturb } = attackMetrics(attacked);
    const pooled = poolSeeds([run]);
    expect(pooled).toMatchObject({
      seeds: 1,
      examples: 8,
      errors: 1,
      outOfQueries: 1,
      nothingToChange: 1,
      qNum,
      perturb,
    });
    for (const [one, other] of [
      [pooled.oriAcc, oriAcc],
      [pooled.attAcc, attAcc],
    ] as const) {
      for (const key of ['value', 'low', 'high'] as const) expect(one[key]).toBeCloseTo(other[key], 12);
    }
    expect(pooled.seedDeviation).toBeNaN();
  });

  it('learns nothing from a seed that repeats another', () => {
    const [once, twice] = [poolSeeds([run]), poolSeeds([run, run])];
    expect(twice.attAcc.low).toBeCloseTo(once.attAcc.low, 12);
    expect(twice.attAcc.high).toBeCloseTo(once.attAcc.high, 12);
    expect(twice.qNum).toEqual(once.qNum);
    expect(twice).toMatchObject({ seeds: 2, examples: 8, seedDeviation: 0 });
  });
});
