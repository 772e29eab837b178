import { describe, expect, it } from 'vitest';
import { input, reduceSum, tanh } from '../../src/graph/ops/index.ts';
import { linear } from '../../src/nn/linear.ts';
import { checkGradient } from '../graph/check-gradient.ts';
import { evaluate } from '../graph/reference.ts';

describe('linear', () => {
  // Row (x₁, x₂) becomes (x₁ + 10·x₂ + 100, 2·x₁ − x₂ + 200, x₁ + 300).
  const feeds = {
    weight: { shape: [3, 2], data: Float64Array.of(1, 10, 2, -1, 1, 0) },
    bias: { shape: [3], data: Float64Array.of(100, 200, 300) },
  };
  const parameters = {
    weight: input('weight', { dtype: 'float32', shape: [3, 2] }),
    bias: input('bias', { dtype: 'float32', shape: [3] }),
  };

  it.each([
    { shape: ['batch', 2], actual: [2, 2] },
    { shape: ['batch', 'length', 2], actual: [2, 1, 2] },
    { shape: [1, 1, 2, 2], actual: [1, 1, 2, 2] },
  ])('is x·Wᵀ + b over the last axis of $shape', ({ shape, actual }) => {
    const x = input('x', { dtype: 'float32', shape });
    const y = linear(x, parameters);
    const all = { ...feeds, x: { shape: actual, data: Float64Array.of(1, 2, 3, 4) } };
    const options = { feeds: all, dims: { batch: 2, length: 1 } };
    const [result] = evaluate([y], options);
    expect(result!.shape).toEqual([...actual.slice(0, -1), 3]);
    expect([...result!.data]).toEqual([121, 200, 301, 143, 202, 303]);
    const small = Object.fromEntries(
      Object.entries(all).map(([name, t]) => [name, { ...t, data: t.data.map((v) => v / 100) }]),
    );
    checkGradient(reduceSum(tanh(y)), { x, ...parameters }, { ...options, feeds: small });
  });
});
