import { describe, expect, it } from 'vitest';
import { sizeOf, type Tensor } from '../../src/base/tensor.ts';
import { emitModel } from '../../src/graph/emit-model.ts';
import { accumulate, gradient } from '../../src/graph/gradient.ts';
import { add, gemm, input, multiply, reduceSum, takeRows, transpose } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/node/compile.ts';
import { tensorOf } from './fixtures.ts';

type Build = (weight: Value, x: Value, ids: Value) => Value;

/** Programs whose gradient with respect to the weight `[20, 4]` ends in each of the operations that can add in place. */
const programs: Readonly<Record<string, { readonly loss: Build; readonly endsIn: string }>> = {
  'a matrix product': { loss: (w, x) => gemm(x, w, { transposeB: true }), endsIn: 'Gemm' },
  'a matrix product with the weight on the left': {
    loss: (w, x) => gemm(w, x, { transposeB: true }),
    endsIn: 'Gemm',
  },
  'a scatter of rows': { loss: (w, _, ids) => takeRows(w, ids), endsIn: 'ScatterElements' },
  'a tied embedding: scatter and product': {
    loss: (w, _, ids) => gemm(takeRows(w, ids), w, { transposeB: true }),
    endsIn: 'ScatterElements',
  },
  'two products and two scatters': {
    loss: (w, x, ids) =>
      add(
        gemm(add(takeRows(w, ids), takeRows(w, ids)), w, { transposeB: true }),
        gemm(x, w, { transposeB: true }),
      ),
    endsIn: 'ScatterElements',
  },
  'an elementwise product': { loss: (w) => multiply(w, w), endsIn: 'Add' },
  'a transpose': { loss: (w, x) => multiply(transpose(w, [1, 0]), reduceSum(x)), endsIn: 'Add' },
};

/** Small whole numbers: every sum and product of the programs is exact in float32, in any order. */
const whole = (shape: readonly number[], factor: number): Tensor =>
  tensorOf(
    'float32',
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => ((i * factor) % 7) - 3),
  );

const specs = {
  weight: { dtype: 'float32', shape: [20, 4] },
  base: { dtype: 'float32', shape: [20, 4] },
  x: { dtype: 'float32', shape: ['batch', 4] },
  ids: { dtype: 'int64', shape: ['batch'] },
} as const;

describe.each(Object.entries(programs))('accumulate onto the gradient of %s', (_, { loss, endsIn }) => {
  const totalOf = (
    inputs: Readonly<Record<keyof typeof specs, Value>>,
    sum: (a: Value, b: Value) => Value,
  ) => {
    const y = loss(inputs.weight, inputs.x, inputs.ids);
    // A factor that depends on the weight, so that cotangents differ from element to element.
    const { weight } = gradient(reduceSum(multiply(y, y)), { weight: inputs.weight });
    return sum(inputs.base, weight!);
  };

  it('equals the separate sum, in place, over several batches', async () => {
    const separate = await compile((inputs) => ({ total: totalOf(inputs, add) }), specs);
    const inPlace = await compile((inputs) => ({ total: totalOf(inputs, accumulate) }), specs);
    const weight = whole([20, 4], 5);
    let expected: Tensor = whole([20, 4], 3);
    const base = { ...expected, data: expected.data.slice() } as Tensor;
    for (const batch of [1, 3, 5]) {
      const ids = tensorOf(
        'int64',
        [batch],
        Array.from({ length: batch }, (_, i) => [4, 1, 4, 4, 0][i]!),
      );
      const feeds = { weight, x: whole([batch, 4], 2), ids };
      expected = (await separate.run({ ...feeds, base: expected })).total;
      const { total } = await inPlace.run({ ...feeds, base }, { into: { total: base } });
      expect(total).toBe(base);
      expect([...base.data]).toEqual([...expected.data]);
    }
    await separate.release();
    await inPlace.release();
  });

  it(`writes the result by ${endsIn}, without a pass over it`, () => {
    const inputs = Object.fromEntries(Object.entries(specs).map(([name, type]) => [name, input(name, type)]));
    const { nodes } = emitModel({ total: totalOf(inputs as Record<keyof typeof specs, Value>, accumulate) });
    expect(nodes.find((node) => node.outputs.includes('total'))!.type).toBe(endsIn);
  });
});
