import { expect, it } from 'vitest';
import { drawBeta } from '../../src/base/draw-beta.ts';
import { randomKey, randomStream } from '../../src/base/random.ts';

const draws = 20_000;

/** Central moments of Beta(α, α): σ² = 1/(4(2α + 1)) and, of the fourth, the kurtosis 3 − 6/(2α + 3). */
const momentsOf = (alpha: number) => ({
  variance: 1 / (4 * (2 * alpha + 1)),
  kurtosis: 3 - 6 / (2 * alpha + 3),
});

it.each([0.1, 0.4, 1, 2, 16, 1000, 1e9])(
  'drawBeta(%s) has the mean and the variance of Beta(α, α)',
  (alpha) => {
    const stream = randomStream(randomKey(3, 'beta'));
    const values = Array.from({ length: draws }, () => drawBeta(stream, alpha));
    const { variance, kurtosis } = momentsOf(alpha);
    const mean = values.reduce((sum, x) => sum + x, 0) / draws;
    const found = values.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / draws;
    expect(values.every((x) => x >= 0 && x <= 1)).toBe(true);
    // Four standard errors: of a mean σ/√n, of a variance about the known mean σ²·√((κ − 1)/n).
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(variance / draws));
    expect(Math.abs(found / variance - 1)).toBeLessThan(4 * Math.sqrt((kurtosis - 1) / draws));
  },
);

it.each([1, 2])('drawBeta(%i) is distributed as Beta(α, α), by Kolmogorov and Smirnov', (alpha) => {
  const stream = randomStream(randomKey(4, 'beta'));
  const values = Array.from({ length: draws }, () => drawBeta(stream, alpha)).sort((a, b) => a - b);
  const cumulated = (x: number) => (alpha === 1 ? x : x ** 2 * (3 - 2 * x));
  const gap = Math.max(...values.map((x, i) => Math.abs(cumulated(x) - (i + 0.5) / draws)));
  expect(gap).toBeLessThan(1.95 / Math.sqrt(draws)); // exceeded by chance once in a thousand
});

it('drawBeta takes a bounded number of words from its stream, whatever α', () => {
  for (const alpha of [0.01, 0.2, 1, 16, 1000, 1e300]) {
    const stream = randomStream(randomKey(5, 'beta'));
    let words = 0;
    const counting =
      (next: () => number): (() => number) =>
      () => {
        words++;
        return next();
      };
    const counted = {
      ...stream,
      nextFloat: counting(stream.nextFloat),
      nextNormal: counting(stream.nextNormal),
    };
    for (let i = 0; i < 1000; i++) drawBeta(counted, alpha);
    expect(words / 1000, `α ${alpha}`).toBeLessThan(7); // two gammas of two to three words, at least 95 % of them taken
  }
});

it.each([0, -1, Number.NaN, Infinity])('drawBeta refuses α = %s', (alpha) => {
  expect(() => drawBeta(randomStream(randomKey(3, 'beta')), alpha)).toThrow(
    `drawBeta: alpha must be a finite number above 0, got ${alpha}.`,
  );
});
