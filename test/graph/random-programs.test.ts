import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gradient } from '../../src/graph/gradient.ts';
import {
  add,
  concat,
  divide,
  erf,
  exp,
  expand,
  gelu,
  gemm,
  input,
  logSoftmax,
  matmul,
  multiply,
  negate,
  pad,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  slice,
  softmax,
  subtract,
  sumOfSquares,
  tanh,
  transpose,
} from '../../src/graph/ops/index.ts';
import { elementsOf } from '../../src/graph/shape.ts';
import type { Value } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/node/compile.ts';
import { checkGradient, weightedSum } from './check-gradient.ts';
import { drawInputs, expectClose } from './fixtures.ts';
import { doubles, evaluate } from './reference.ts';

const lastOf = (x: Value) => x.shape.length - 1;
const swapped = (x: Value) => transpose(x, [...x.shape.keys()].reverse());
const sizeAt = (x: Value, axis: number) => x.shape[axis] as number;

/** Steps of a random program on its value so far and a broadcast partner; none makes numbers large. */
const steps: readonly ((x: Value, partner: Value) => Value)[] = [
  (x) => tanh(x),
  (x) => gelu(x),
  (x) => erf(x),
  (x) => exp(tanh(x)),
  (x) => negate(x),
  (x, y) => add(x, y),
  (x, y) => subtract(y, x),
  (x, y) => multiply(tanh(x), y),
  (x, y) => divide(y, add(multiply(x, x), scalar(1))),
  (x) => reduceSum(x, { axes: [0], keepDims: true }),
  (x) => reduceMean(x, { axes: [lastOf(x)], keepDims: true }),
  (x) => softmax(x),
  (x) => logSoftmax(x),
  (x) => swapped(x),
  (x) => reshape(x, [1, elementsOf(x.shape)]),
  (x) => expand(reduceMean(x, { axes: [-1], keepDims: true }), x.shape),
  (x) => slice(x, { axis: lastOf(x), start: sizeAt(x, lastOf(x)) - 1, size: 1 }),
  (x) => pad(x, { axis: 0, before: 1, size: sizeAt(x, 0) + 2 }),
  (x, y) => concat([x, tanh(x)], y.shape.length > 0 ? -1 : 0),
  (x) => (x.shape.length === 2 ? gemm(tanh(x), x, { transposeB: true }) : tanh(x)),
  (x) => (x.shape.length === 3 ? matmul(tanh(x), x, { transposeA: true, alpha: 0.3 }) : x),
];

/** A shape of one to three axes, and which axes of the partner are 1 or left out. */
const programs = fc.record({
  shape: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  ones: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  leftOut: fc.nat(3),
  chosen: fc.array(fc.nat(steps.length - 1), { minLength: 1, maxLength: 5 }),
  seed: fc.nat(1000),
});

it('gradients of random programs over random shapes agree with central differences and ONNX Runtime', async () => {
  const used = new Set<number>();
  await fc.assert(
    fc.asyncProperty(programs, async ({ shape, ones, leftOut, chosen, seed }) => {
      const partner = shape.map((size, i) => (ones[i] ? 1 : size)).slice(leftOut);
      const inputs = { x: { shape }, partner: { shape: partner } };
      const build = (x: Value, y: Value) =>
        chosen.reduce((value, step) => {
          used.add(step);
          return steps[step]!(value, broadcasts(value, y) ? y : reduceSum(y));
        }, x);
      const types = {
        x: { dtype: 'float32', shape },
        partner: { dtype: 'float32', shape: partner },
        weights: {
          dtype: 'float32',
          shape: build(
            input('x', { dtype: 'float32', shape }),
            input('partner', { dtype: 'float32', shape: partner }),
          ).shape,
        },
      } as const;

      let traced!: { loss: Value; targets: Record<string, Value>; gradients: Record<string, Value> };
      const program = await compile(
        ({ weights, ...targets }) => {
          // Σ y² beside Σ w·y: the second alone is the same for all x where y is a softmax of one element.
          const y = build(targets.x, targets.partner);
          const loss = add(weightedSum(y, weights), sumOfSquares(y));
          traced = { loss, targets, gradients: gradient(loss, targets) };
          return traced.gradients;
        },
        types,
        { numThreads: 1 },
      );
      const tensors = drawInputs({ ...inputs, weights: types.weights }, { dims: {}, seed });
      const feeds = Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, doubles(x)]));
      checkGradient(traced.loss, traced.targets, { feeds });
      const actual = await program.run(tensors as Record<keyof typeof types, (typeof tensors)[string]>);
      await program.release();
      const names = Object.keys(traced.gradients);
      evaluate(Object.values(traced.gradients), { feeds }).forEach((value, i) => {
        expectClose(actual[names[i]!]!, value, { tolerance: 1e-4, what: `∂loss/∂${names[i]}` });
      });
    }),
    { numRuns: 150, seed: 20 },
  );
  expect(used.size, 'steps that the programs covered').toBe(steps.length);
});

const broadcasts = (x: Value, y: Value): boolean =>
  y.shape.length <= x.shape.length &&
  y.shape.every((size, i) => size === 1 || size === x.shape[i + x.shape.length - y.shape.length]);
