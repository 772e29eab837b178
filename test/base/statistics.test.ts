import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrapMean,
  bootstrapRatio,
  clusteredWilson,
  type Estimate,
  mcnemarExact,
  quantile,
  studentMean,
  studentQuantile975,
  wilson,
} from '../../src/base/statistics.ts';

const z2 = 1.959963984540054 ** 2;

describe('wilson', () => {
  it('solves the score equation (p − π)² = z²·π(1 − π)/n at both bounds', () => {
    const { value, low, high } = wilson(13, 100);
    expect(value).toBe(0.13);
    for (const bound of [low, high]) {
      expect((value - bound) ** 2).toBeCloseTo((z2 * bound * (1 - bound)) / 100, 12);
    }
  });

  it('is z²/(n + z²) wide at no success', () => {
    expect(wilson(0, 20).low).toBe(0);
    expect(wilson(0, 20).high).toBeCloseTo(z2 / (20 + z2), 12);
  });

  it('stays inside [0, 1] around its value, for every count', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const { value, low, high } = wilson(Math.round(share * n), n);
          return 0 <= low && low <= value && value <= high && high <= 1;
        },
      ),
    );
  });

  it('knows nothing without observations', () => {
    expect(wilson(0, 0).value).toBeNaN();
  });
});

describe('clusteredWilson', () => {
  const clusters = (tops: readonly number[], bottom: number) => tops.map((top) => ({ top, bottom }));
  const expectClose = (one: Estimate, other: Estimate) => {
    for (const key of ['value', 'low', 'high'] as const) expect(one[key]).toBeCloseTo(other[key], 12);
  };

  it('is Wilson where each cluster is one observation', () => {
    expectClose(clusteredWilson(clusters([1, 0, 0, 1, 0], 1)), wilson(2, 5));
  });

  it('counts a cluster once where all in it are alike', () => {
    expectClose(clusteredWilson(clusters([3, 0, 0, 3, 0], 3)), wilson(2, 5));
    expectClose(clusteredWilson(clusters([3, 3], 3)), wilson(2, 2));
    expectClose(clusteredWilson(clusters([0, 0], 3)), wilson(0, 2));
  });

  it('counts every observation where clusters do not differ', () => {
    expectClose(clusteredWilson(clusters([1, 1, 1], 2)), wilson(3, 6));
  });

  it('knows nothing of nothing', () => {
    expect(clusteredWilson([]).value).toBeNaN();
  });
});

describe('bootstrapRatio', () => {
  it('gives the ratio of sums, not the mean of ratios', () => {
    const pairs = [
      { top: 1, bottom: 10 },
      { top: 5, bottom: 10 },
      { top: 0, bottom: 40 },
    ];
    expect(bootstrapRatio(pairs, { purpose: 'test' }).value).toBe(6 / 60);
  });

  it('has no width for a constant and the same bounds for the same seed', () => {
    expect(bootstrapMean([3, 3, 3], { purpose: 'test' })).toEqual({ value: 3, low: 3, high: 3 });
    const values = Array.from({ length: 50 }, (_, i) => Math.sqrt(i));
    const once = bootstrapMean(values, { purpose: 'test' });
    expect(bootstrapMean(values, { purpose: 'test' })).toEqual(once);
    expect(bootstrapMean(values, { purpose: 'test', seed: 1 })).not.toEqual(once);
  });

  it('comes close to the normal interval for many observations', () => {
    // 400 values 0, 1, 0, 1, …: mean 1/2, standard error √(1/4 / 400) = 0.025.
    const { low, high } = bootstrapMean(
      Array.from({ length: 400 }, (_, i) => i % 2),
      { purpose: 'test' },
    );
    expect(low).toBeCloseTo(0.5 - 1.96 * 0.025, 2);
    expect(high).toBeCloseTo(0.5 + 1.96 * 0.025, 2);
  });

  it('knows nothing without observations or with an empty denominator', () => {
    expect(bootstrapMean([], { purpose: 'test' }).value).toBeNaN();
    expect(bootstrapRatio([{ top: 0, bottom: 0 }], { purpose: 'test' }).value).toBeNaN();
  });
});

describe('quantile', () => {
  it('interpolates between order statistics', () => {
    expect(quantile([1, 2, 4], 0.25)).toBe(1.5);
    expect(quantile([7], 0.9)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('mcnemarExact', () => {
  it.each([
    [0, 0, 1],
    [5, 5, 1],
    [0, 6, 2 / 64], // 2·C(6,0)/2⁶
    [1, 8, (2 * (1 + 9)) / 512], // 2·(C(9,0) + C(9,1))/2⁹
  ])('b = %i, c = %i', (b, c, p) => {
    expect(mcnemarExact(b, c)).toBeCloseTo(p, 12);
    expect(mcnemarExact(c, b)).toBeCloseTo(p, 12);
  });

  it('does not underflow for thousands of pairs', () => {
    expect(mcnemarExact(2000, 2000)).toBeCloseTo(1, 9);
    expect(mcnemarExact(1900, 2100)).toBeGreaterThan(0.001);
    expect(mcnemarExact(1900, 2100)).toBeLessThan(0.002); // z = 200/√4000 = 3.16: 0.0016 two-sided
  });
});

describe('studentMean', () => {
  it('uses the quantile of the closed forms at one and two degrees of freedom', () => {
    expect(studentQuantile975(1)).toBeCloseTo(Math.tan(Math.PI * 0.475), 10); // Cauchy
    expect(studentQuantile975(2)).toBeCloseTo(0.95 * Math.sqrt(2 / (1 - 0.95 ** 2)), 10);
  });

  it('approaches the normal quantile, from above, with t ≈ z + (z³ + z)/4ν', () => {
    const z = Math.sqrt(z2);
    for (const freedom of [400, 401]) {
      expect(studentQuantile975(freedom)).toBeCloseTo(z + (z ** 3 + z) / (4 * freedom), 4);
    }
  });

  it('is mean ± t·s/√n', () => {
    const { value, low, high } = studentMean([1, 2, 3]); // s = 1
    expect(value).toBe(2);
    expect(high - value).toBeCloseTo(studentQuantile975(2) / Math.sqrt(3), 12);
    expect(value - low).toBeCloseTo(high - value, 12);
  });

  it('has no bound for a single run', () => {
    expect(studentMean([0.4])).toEqual({ value: 0.4, low: -Infinity, high: Infinity });
  });
});
