import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../../src/base/tensor.ts';
import { emitModel } from '../../src/graph/emit-model.ts';
import { constant, input, matmul, slice, takeRows } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { linear } from '../../src/nn/linear.ts';
import { encodeModel } from '../../src/onnx/encode-model.ts';
import { quantizedModel } from '../../src/onnx/quantized-model.ts';
import { operatorsOfOnnxRuntime, standardModel } from '../../src/onnx/standard-model.ts';

const noise = (size: number, seed: number) =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * 1.7) * (1 + (i % 5)));
const [inner, columns] = [64, 96];
const weight = float32Tensor([columns, inner], noise(columns * inner, 1));
const states = input('x', { dtype: 'float32', shape: ['batch', inner] });
const map = (x: Value, w = weight) =>
  linear(x, { weight: constant(w), bias: constant(float32Tensor([w.shape[0]!], noise(w.shape[0]!, 2))) });

const standard = (outputs: Readonly<Record<string, Value>>) =>
  standardModel(emitModel(outputs, { lacks: operatorsOfOnnxRuntime }), {
    names: new Map([[weight.data, 'w']]),
  });

describe('quantizedModel', () => {
  it('quantises weights by column, to the nearest of 255 steps', () => {
    const { constants } = quantizedModel(standard({ y: map(states) }));
    const values = constants.get('w.transpose.quantized')!;
    const scales = constants.get('w.transpose.scale')!.data as Float32Array;
    expect(values).toMatchObject({ dtype: 'int8', shape: [inner, columns] });
    for (let n = 0; n < columns; n++) {
      const column = Array.from({ length: inner }, (_, k) => Number(values.data[k * columns + n]));
      expect(Math.max(...column.map(Math.abs))).toBe(127);
      column.forEach((value, k) => {
        const error = Math.abs(value * scales[n]! - weight.data[n * inner + k]!);
        expect(error).toBeLessThanOrEqual((scales[n]! / 2) * (1 + 1e-5)); // half a step
      });
    }
    expect(constants.has('w.transpose')).toBe(false);
  });

  it('answers within the steps of activations and weights, and quantises an activation once for all its readers', async () => {
    const model = quantizedModel(standard({ y: map(states), z: map(states) }));
    const operators = model.nodes.map(({ type }) => type);
    expect(operators.filter((type) => type === 'DynamicQuantizeLinear')).toHaveLength(1);
    expect(operators.filter((type) => type === 'MatMulInteger')).toHaveLength(2);
    expect(model.nodes.every(({ outputs }) => outputs.every((name) => model.types.has(name)))).toBe(true);

    const x = noise(2 * inner, 3);
    const feeds = { x: new Tensor('float32', x, [2, inner]) };
    const [exact, quantized] = await Promise.all(
      [standard({ y: map(states) }), model].map(async (one) => {
        const session = await InferenceSession.create(encodeModel(one, { types: true }));
        const { y } = await session.run(feeds);
        await session.release();
        return y!.data as Float32Array;
      }),
    );
    // |x·w − x̂·ŵ| ≤ Σ_k (|x_k|·s_w + |w_k|·s_x + s_x·s_w)/2, s_x = (max − min)/255, s_w = max|w|/127.
    const stepOfX = (Math.max(0, ...x) - Math.min(0, ...x)) / 255;
    exact!.forEach((value, i) => {
      const [row, n] = [Math.floor(i / columns), i % columns];
      const w = weight.data.subarray(n * inner, (n + 1) * inner);
      const stepOfW = Math.max(...w.map(Math.abs)) / 127;
      const bound = w.reduce((sum, each, k) => {
        const activation = Math.abs(x[row * inner + k]!);
        return sum + (activation * stepOfW + Math.abs(each) * stepOfX + stepOfX * stepOfW) / 2;
      }, 0);
      expect(Math.abs(value - quantized![i]!)).toBeLessThanOrEqual(bound);
    });
  });

  it('quantises tables by row, whether rows are gathered or the first ones taken', async () => {
    const table = float32Tensor([80, 64], noise(80 * 64, 4));
    const ids = input('ids', { dtype: 'int64', shape: ['n'] });
    const model = quantizedModel(
      standard({
        y: takeRows(constant(table), ids),
        z: slice(constant(table), { axis: 0, start: 2, size: 3 }),
      }),
    );
    expect(model.nodes.map(({ type }) => type)).toEqual([
      ...['Gather', 'Gather', 'Cast', 'Mul'],
      ...['Slice', 'Slice', 'Cast', 'Mul'],
    ]);
    const session = await InferenceSession.create(encodeModel(model, { types: true }));
    const { y, z } = await session.run({ ids: new Tensor('int64', BigInt64Array.of(3n, 79n), [2]) });
    await session.release();
    const expectRows = (got: unknown, rows: readonly number[]) =>
      (got as Float32Array).forEach((value, i) => {
        const row = table.data.subarray(64 * rows[Math.floor(i / 64)]!, 64 * (rows[Math.floor(i / 64)]! + 1));
        const step = Math.max(...row.map(Math.abs)) / 127;
        expect(Math.abs(value - row[i % 64]!)).toBeLessThanOrEqual((step / 2) * (1 + 1e-5));
      });
    expectRows(y!.data, [3, 79]);
    expectRows(z!.data, [2, 3, 4]);
  });

  it('leaves small matrices and products of two activations as they are', () => {
    const few = float32Tensor([2, inner], noise(2 * inner, 5));
    const model = quantizedModel(
      standard({ y: map(states, few), z: matmul(states, states, { transposeB: true }) }),
    );
    expect(model.nodes.map(({ type }) => type)).toEqual(['MatMul', 'Add', 'Transpose', 'MatMul']);
  });

  it('has unsigned weights with 128 for zero, of which the answers are the same', async () => {
    const program = standard({ y: map(states) });
    const [signed, unsigned] = (['int8', 'uint8'] as const).map((weights) =>
      quantizedModel(program, { weights }),
    );
    const [from, to] = [signed!, unsigned!].map(({ constants }) => constants.get('w.transpose.quantized')!);
    expect(to!.dtype).toBe('uint8');
    expect(Array.from(to!.data, Number)).toEqual(Array.from(from!.data, (value) => Number(value) + 128));
    const feeds = { x: new Tensor('float32', noise(3 * inner, 6), [3, inner]) };
    const [one, other] = await Promise.all(
      [signed!, unsigned!].map(async (model) => {
        const session = await InferenceSession.create(encodeModel(model, { types: true }));
        const { y } = await session.run(feeds);
        await session.release();
        return y!.data as Float32Array;
      }),
    );
    one!.forEach((value, i) => {
      expect(value).toBeCloseTo(other![i]!, 3);
    });
  });

  it('quantises zeros as zeros', () => {
    const zeros = float32Tensor([columns, inner], new Float32Array(columns * inner));
    const { constants } = quantizedModel(standard({ y: map(states, zeros) }));
    const [scales] = [...constants].filter(([name]) => name.endsWith('.scale')).map(([, { data }]) => data);
    expect(new Set(scales as Float32Array)).toEqual(new Set([1]));
  });
});
