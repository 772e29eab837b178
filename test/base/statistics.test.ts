import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrapRatio,
  clusteredWilson,
  type Estimate,
  holm,
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

  it('has the factor m/(m − 1) of Rao and Scott', () => {
    // Of 2, 2, 2, 2, 2, 2 observations 2, 1, 0, 2, 1, 1 successes: p = 7/12, Σ(top − p·bottom)² = 17/6, so
    // v = 6/5·(17/6)/12² = 17/720 and n = (35/144)/v = 175/17 = 10.3; without the factor it were 12.4, beyond the 12 seen.
    const n = 175 / 17;
    expectClose(clusteredWilson(clusters([2, 1, 0, 2, 1, 1], 2)), wilson((7 / 12) * n, n));
  });

  it('weighs clusters of unlike sizes: (Σ bottom)²/Σ bottom² of them where all in each are alike', () => {
    const unlike = [...clusters([3], 3), ...clusters([0, 0], 1)];
    expectClose(clusteredWilson(unlike), wilson((3 / 5) * (25 / 11), 25 / 11));
    expectClose(clusteredWilson([...unlike, { top: 0, bottom: 0 }]), clusteredWilson(unlike));
  });

  it('takes one cluster for one observation', () => {
    expectClose(clusteredWilson(clusters([1], 2)), wilson(0.5, 1));
    expectClose(clusteredWilson(clusters([2], 2)), wilson(1, 1));
  });

  it('knows nothing of nothing', () => {
    expect(clusteredWilson([]).value).toBeNaN();
  });
});

describe('bootstrapRatio', () => {
  const each = (values: readonly number[]) => values.map((top) => ({ top, bottom: 1 }));

  it('gives the ratio of sums, not the mean of ratios', () => {
    const pairs = [
      { top: 1, bottom: 10 },
      { top: 5, bottom: 10 },
      { top: 0, bottom: 40 },
    ];
    expect(bootstrapRatio(pairs, { purpose: 'test' }).value).toBe(6 / 60);
  });

  it('has no width for a constant and the same bounds for the same seed', () => {
    expect(bootstrapRatio(each([3, 3, 3]), { purpose: 'test' })).toEqual({ value: 3, low: 3, high: 3 });
    const values = each(Array.from({ length: 50 }, (_, i) => Math.sqrt(i)));
    const once = bootstrapRatio(values, { purpose: 'test' });
    expect(bootstrapRatio(values, { purpose: 'test' })).toEqual(once);
    expect(bootstrapRatio(values, { purpose: 'test', seed: 1 })).not.toEqual(once);
  });

  it('comes close to the normal interval for many observations', () => {
    // 400 values 0, 1, 0, 1, …: mean 1/2, standard error √(1/4 / 400) = 0.025.
    const values = each(Array.from({ length: 400 }, (_, i) => i % 2));
    const { low, high } = bootstrapRatio(values, { purpose: 'test' });
    expect(low).toBeCloseTo(0.5 - 1.96 * 0.025, 2);
    expect(high).toBeCloseTo(0.5 + 1.96 * 0.025, 2);
  });

  it('has no bound for one observation', () => {
    const alone = { value: 3, low: -Infinity, high: Infinity };
    expect(bootstrapRatio([{ top: 6, bottom: 2 }], { purpose: 'test' })).toEqual(alone);
  });

  it('knows nothing without observations or with an empty denominator', () => {
    expect(bootstrapRatio([], { purpose: 'test' }).value).toBeNaN();
    expect(bootstrapRatio([{ top: 0, bottom: 0 }], { purpose: 'test' }).value).toBeNaN();
  });
});

describe('holm', () => {
  it('multiplies the smallest p by the number of tests, the next by one less, and never falls', () => {
    // Ascending: 4·0.005, 3·0.01, 2·0.03, and 1·0.04, which the one before raises.
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((p, i) => {
      expect(adjusted[i]).toBeCloseTo(p, 12);
    });
  });

  it('stays at or below 1, and leaves a single test as it is', () => {
    expect(holm([0.6, 0.9])).toEqual([1, 1]);
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([])).toEqual([]);
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
