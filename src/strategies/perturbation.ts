import { randomKey, randomStream } from '../base/random.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import { scalar } from '../graph/ops/constant.ts';
import { abs, add, divide, multiply, sqrt, subtract } from '../graph/ops/elementwise.ts';
import { reduceMax, sumOfSquares } from '../graph/ops/reduce.ts';
import type { Value } from '../graph/value.ts';
import { tokenCounts } from './token-places.ts';
import type { TrainBatch } from './train-batch.ts';

/** How a perturbation δ `[batch, T, H]` is measured: Euclidean over all numbers, or by the largest. */
export type Norm = 'l2' | 'linf';

/** Over what: each text by itself, each token by itself, or the whole batch (the published VDA code). */
export type NormOf = 'text' | 'token' | 'batch';

interface NormOptions {
  readonly norm: Norm;
  readonly of: NormOf;
}

const axesOf = { token: [2], text: [1, 2], batch: [0, 1, 2] } as const satisfies Record<
  NormOf,
  readonly number[]
>;

/** ‖δ‖, with axes of size 1 in place of those it goes over. */
function normOf(delta: Value, { norm, of }: NormOptions): Value {
  const axes = { axes: axesOf[of], keepDims: true };
  return norm === 'l2' ? sqrt(sumOfSquares(delta, axes)) : reduceMax(abs(delta), axes);
}

/** max(x, c), from x − c and its modulus. */
const atLeast = (x: Value, c: number): Value => {
  const above = subtract(x, scalar(c));
  return add(scalar(c), divide(add(above, abs(above)), scalar(2)));
};

/** δ + α·g/‖g‖: a step up the loss, of length α. Where the gradient vanishes (below 10⁻⁸) it is not blown up. */
export const ascend = (
  delta: Value,
  options: { readonly gradient: Value; readonly stepSize: number } & NormOptions,
): Value => {
  const length = atLeast(normOf(options.gradient, options), 1e-8);
  return add(delta, multiply(scalar(options.stepSize), divide(options.gradient, length)));
};

/** The nearest δ with ‖δ‖ ≤ radius. In the largest norm each number is cut by itself. A radius of 0 is none. */
export function project(delta: Value, options: { readonly radius: number } & NormOptions): Value {
  if (options.radius === 0) return delta;
  const size = options.norm === 'l2' ? normOf(delta, options) : abs(delta);
  return divide(delta, atLeast(divide(size, scalar(options.radius)), 1));
}

/**
 * Random starts δ₀ `[batch, T, H]` of perturbations: uniform in [−m, m), divided by the root of the number of values in the
 * text's embeddings where `perRoot` (Zhu et al. 2020, Algorithm 1); 0 on padding. A number depends on (seed, purpose,
 * step, example, position) alone, not on the batch or its padding.
 */
export function createStarts(options: {
  readonly seed: number;
  readonly purpose: string;
  readonly magnitude: number;
  readonly perRoot: boolean;
  readonly width: number;
}): (batch: TrainBatch) => Tensor<'float32'> {
  const { magnitude, perRoot, width } = options;
  const key = randomKey(options.seed, options.purpose);
  return ({ ids, attentionMask, exampleIds, step }) => {
    const [rows, length] = ids.shape as [number, number];
    const out = new Float32Array(rows * length * width);
    const counts = tokenCounts(attentionMask);
    for (const [row, b] of exampleIds.entries()) {
      const count = counts[row]!;
      const size = perRoot ? magnitude / Math.sqrt(count * width) : magnitude;
      for (let position = 0; size > 0 && position < count; position++) {
        const stream = randomStream(key, { a: position, b, c: step });
        const start = (row * length + position) * width;
        for (let i = 0; i < width; i++) out[start + i] = size * (2 * stream.nextFloat() - 1);
      }
    }
    return tensor('float32', [rows, length, width], out);
  };
}
