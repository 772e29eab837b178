import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../../src/base/tensor.ts';
import { emitModel } from '../../src/graph/emit-model.ts';
import { constant, exp, gelu, gemm, input, layerNorm, matmul, reshape } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { linear } from '../../src/nn/linear.ts';
import { encodeModel } from '../../src/onnx/encode-model.ts';
import type { OnnxModel } from '../../src/onnx/onnx-model.ts';
import { operatorsOfOnnxRuntime, standardModel } from '../../src/onnx/standard-model.ts';

const weight = float32Tensor([2, 3], [1, 2, 3, 4, 5, 6]);
const bias = float32Tensor([2], [0.5, -0.5]);
const names = new Map([
  [weight.data, 'w'],
  [bias.data, 'b'],
]);
const states = input('x', { dtype: 'float32', shape: ['batch', 'length', 3] });

const standard = (y: Value): OnnxModel =>
  standardModel(emitModel({ y }, { lacks: operatorsOfOnnxRuntime }), { names });
const operators = ({ nodes }: OnnxModel) => nodes.map(({ type }) => type);

async function answers(model: OnnxModel, x: readonly number[], dims: readonly number[]) {
  const session = await InferenceSession.create(encodeModel(model, { types: true }));
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(x), dims) });
  await session.release();
  return { dims: y!.dims, data: [...(y!.data as Float32Array)] };
}

describe('standardModel', () => {
  it('writes a linear map as a product by the turned weight and a sum, over all leading axes', async () => {
    const model = standard(linear(states, { weight: constant(weight), bias: constant(bias) }));
    expect(operators(model)).toEqual(['MatMul', 'Add']);
    expect([...model.constants.keys()]).toEqual(['b', 'w.transpose']);
    expect(model.constants.get('w.transpose')).toMatchObject({
      shape: [3, 2],
      data: Float32Array.of(1, 4, 2, 5, 3, 6),
    });
    // x·Wᵀ + b by hand: [1, 0, −1]·[1, 2, 3] + 0.5, [1, 0, −1]·[4, 5, 6] − 0.5; then [0, 1, 0].
    const y = await answers(model, [1, 0, -1, 0, 1, 0], [1, 2, 3]);
    expect(y).toEqual({ dims: [1, 2, 2], data: [-1.5, -2.5, 2.5, 4.5] });
  });

  it('keeps a reshape that does more than flatten the leading axes', async () => {
    const rows = reshape(input('x', { dtype: 'float32', shape: ['batch', 6] }), ['2*batch', 3]);
    const model = standard(gemm(rows, constant(weight), { transposeB: true, addend: constant(bias) }));
    expect(operators(model)).toEqual(['Reshape', 'MatMul', 'Add']);
    const y = await answers(model, [1, 0, -1, 0, 1, 0], [1, 6]);
    expect(y).toEqual({ dims: [2, 2], data: [-1.5, -2.5, 2.5, 4.5] });
  });

  it('works out what constants alone decide', () => {
    const stack = reshape(constant(weight), [1, 2, 3]);
    const model = standard(
      matmul(input('x', { dtype: 'float32', shape: [1, 4, 3] }), stack, { transposeB: true }),
    );
    expect(operators(model)).toEqual(['MatMul']);
    expect(model.constants.get('w.reshape.transpose')).toMatchObject({
      shape: [1, 3, 2],
      data: Float32Array.of(1, 4, 2, 5, 3, 6),
    });
  });

  it('gives each value a type and each node a name of its own, and leaves out what nobody reads', () => {
    const gamma = constant(float32Tensor([3], [1, 1, 1]));
    const normal = layerNorm(gelu(states), { gamma, beta: gamma, epsilon: 1e-12 });
    const scores = matmul(normal, normal, { transposeB: true, alpha: 0.5 });
    const model = standard(exp(scores));
    expect(operators(model)).toEqual(['Gelu', 'LayerNormalization', 'Transpose', 'MatMul', 'Mul', 'Exp']);
    expect(model.nodes.every(({ domain }) => domain === '')).toBe(true);
    expect(new Set(model.nodes.map(({ name }) => name)).size).toBe(model.nodes.length);
    expect(model.nodes.flatMap(({ outputs }) => outputs.map((name) => model.types.get(name)?.shape))).toEqual(
      [
        ['batch', 'length', 3],
        ['batch', 'length', 3],
        ['batch', 3, 'length'],
        ...Array(3).fill(['batch', 'length', 'length']),
      ],
    );
  });
});
