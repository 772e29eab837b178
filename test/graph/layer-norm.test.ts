import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { gradient } from '../../src/graph/gradient.ts';
import { layerNorm } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/node/compile.ts';
import { weightedSum } from './check-gradient.ts';
import { drawInputs, tensorOf } from './fixtures.ts';
import { allDoubles, type Doubles, evaluate } from './reference.ts';

const width = 64;
const specs = {
  x: { dtype: 'float32', shape: ['rows', width] },
  gamma: { dtype: 'float32', shape: [width] },
  beta: { dtype: 'float32', shape: [width] },
  weights: { dtype: 'float32', shape: ['rows', width] },
} as const;
const epsilon = 1e-12; // BERT's

let outputs!: readonly Value[];
const program = await compile(
  ({ x, gamma, beta, weights }) => {
    const y = layerNorm(x, { gamma, beta, epsilon });
    const dx = gradient(weightedSum(y, weights), { x }).x!;
    const [, , rstd] = y.node.outputs;
    outputs = [y, dx, rstd!];
    return { y, dx, rstd: rstd! };
  },
  specs,
  { numThreads: 1 },
);
const drawn = drawInputs(specs, { dims: { rows: 1 } }) as Record<keyof typeof specs, Tensor<'float32'>>;

/** The program in float32 by ONNX Runtime and in doubles, on a row of a given mean and spread. */
async function both({ mean, spread }: { readonly mean: number; readonly spread: number }) {
  const x = tensorOf(
    'float32',
    [1, width],
    drawn.x.data.map((v) => mean + spread * v),
  );
  const feeds = { ...drawn, x };
  const exact = allDoubles(feeds);
  const [y, dx, rstd] = evaluate(outputs, { feeds: exact, dims: { rows: 1 } }) as [Doubles, Doubles, Doubles];
  return { actual: await program.run(feeds), expected: { y, dx, rstd } };
}

const largest = (data: Float64Array) => data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const largestError = ({ data }: Tensor, expected: Doubles) =>
  largest(expected.data.map((wanted, i) => Number(data[i]) - wanted));

// Any float32 kernel rounds μ, by up to δ ≈ 2⁻²³·|μ|: x̂ is then off by δ·r, and r by a share of (δ·r)²/2. A variance taken
// as E[x²] − μ² is off by δ·|μ| instead, at mean 1 and spread 1e-3 by a tenth of itself: the bounds below catch that.
describe('layerNorm in float32 is as exact as a rounded mean allows', () => {
  const means = [0, 1, 10, 100];
  const spreads = [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5];

  it.each(means.flatMap((mean) => spreads.map((spread) => ({ mean, spread }))))(
    'mean $mean, spread $spread',
    async ({ mean, spread }) => {
      const { actual, expected } = await both({ mean, spread });
      const rstd = expected.rstd.data[0]!;
      const shift = 2 ** -23 * mean * rstd; // δ·r
      const scale = largest(drawn.gamma.data as unknown as Float64Array);
      expect(Math.abs(Number(actual.rstd.data[0]) / rstd - 1)).toBeLessThan(shift ** 2 / 2 + 1e-6);
      expect(largestError(actual.y, expected.y)).toBeLessThan(scale * shift + 1e-6);
      expect(largestError(actual.dx, expected.dx) / largest(expected.dx.data)).toBeLessThan(shift + 1e-6);
    },
  );
});

it.each([0, 1, 100, -3.7])('layerNorm of a row of one number, %d, is β and its r is 1/√ε', async (mean) => {
  const { actual } = await both({ mean, spread: 0 });
  expect([...actual.y.data]).toEqual([...drawn.beta.data]);
  expect(actual.rstd.data[0]).toBe(1e6); // 1/√1e-12
  expect([...(actual.dx.data as Float32Array)].every(Number.isFinite)).toBe(true);
});
