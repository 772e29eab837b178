import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../../src/base/tensor.ts';
import { emitModel } from '../../src/graph/emit-model.ts';
import { add, cast, constant, input, multiply, scalar } from '../../src/graph/ops/index.ts';
import { encodeModel } from '../../src/onnx/encode-model.ts';
import { halfModel } from '../../src/onnx/half-model.ts';
import { standardModel } from '../../src/onnx/standard-model.ts';

const ids = input('ids', { dtype: 'int64', shape: ['batch', 2] });
const modelOf = (weights: readonly number[], factor = 2) => {
  const y = add(multiply(cast(ids, 'float32'), scalar(factor)), constant(float32Tensor([2], weights)));
  return standardModel(emitModel({ y }));
};

describe('halfModel', () => {
  it('computes in float16 from the first cast on, and answers in float32', async () => {
    const model = halfModel(modelOf([0.1, 1000.3]));
    expect([...model.constants.values()].map(({ dtype }) => dtype)).toEqual(['float16', 'float16']);
    const between = model.nodes.slice(0, -1).flatMap(({ outputs }) => outputs);
    expect(between.map((name) => model.types.get(name)?.dtype)).toEqual(['float16', 'float16', 'float16']);
    expect(model.outputs).toMatchObject([{ name: 'y', dtype: 'float32' }]);

    const session = await InferenceSession.create(encodeModel(model, { types: true }));
    const { y } = await session.run({ ids: new Tensor('int64', BigInt64Array.of(1n, 2n), [1, 2]) });
    await session.release();
    // 0.1 as a half is 0.0999755859375. Where a processor has no half arithmetic, sums are of float32: to within a half’s step.
    const [first, second] = y!.data as Float32Array;
    expect(Math.abs(first! - 2.0999755859375)).toBeLessThan(2 ** -9);
    expect(second).toBe(1004.5); // 1000.3 is 1000.5: steps of ½
  });

  it('bounds a scalar, which may be a mask, and refuses a weight that no half holds', () => {
    const model = halfModel(modelOf([0, 0], 1e9));
    const bound = [...model.constants.values()].find(({ shape }) => shape.length === 0);
    expect(bound?.data).toEqual(Uint16Array.of(0x70e2)); // 10000 = 2^13 · (1 + 226/1024), exponent 13 + 15
    expect(() => halfModel(modelOf([70_000, 0]))).toThrow(/half precision: element 0 is 70000/);
  });
});
