import { expect, it } from 'vitest';
import { drawDirichlet } from '../../src/base/draw-dirichlet.ts';
import { randomKey, randomStream } from '../../src/base/random.ts';

const [draws, size] = [5000, 4];

it.each([0.01, 0.3, 1, 5])('drawDirichlet(%s) has the mean and the variance of Dirichlet(α)', (alpha) => {
  const stream = randomStream(randomKey(2, 'dirichlet'));
  const values = Array.from({ length: draws }, () => drawDirichlet(stream, { alpha, size }));
  for (const one of values) expect(one.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
  // Each weight is Beta(α, (n − 1)α): mean 1/n, variance (n − 1)/(n²(nα + 1)); four standard errors of either, the fourth moment at most the second.
  const variance = (size - 1) / (size ** 2 * (size * alpha + 1));
  for (let j = 0; j < size; j++) {
    const mean = values.reduce((sum, one) => sum + one[j]!, 0) / draws;
    const found = values.reduce((sum, one) => sum + (one[j]! - 1 / size) ** 2, 0) / draws;
    expect(Math.abs(mean - 1 / size)).toBeLessThan(4 * Math.sqrt(variance / draws));
    expect(Math.abs(found - variance)).toBeLessThan(4 * Math.sqrt(variance / draws));
  }
});

it('drawDirichlet refuses an alpha that is not a finite number above 0', () => {
  const stream = randomStream(randomKey(2, 'dirichlet'));
  for (const alpha of [0, -1, Number.NaN, Infinity])
    expect(() => drawDirichlet(stream, { alpha, size })).toThrow(/alpha must be a finite number above 0/);
});
