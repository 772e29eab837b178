import { describe, expect, it } from 'vitest';
import { VdaError } from '../../src/base/error.ts';
import { float32Tensor } from '../../src/base/tensor.ts';
import { emitModel } from '../../src/graph/emit-model.ts';
import {
  add,
  constant,
  dimSize,
  exp,
  expand,
  gemm,
  input,
  multiply,
  reshape,
  scalar,
} from '../../src/graph/ops/index.ts';
import { encodeModel } from '../../src/onnx/encode-model.ts';

const float = (name: string, shape: readonly (number | string)[]) => input(name, { dtype: 'float32', shape });

describe('emitModel', () => {
  it('keeps only the inputs that the outputs depend on', () => {
    const [x, unused] = [float('x', [2]), float('unused', [2])];
    add(x, unused);
    expect(emitModel({ y: exp(x) }).inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('writes outputs where they are made, without copies', () => {
    const x = float('x', [2]);
    const y = exp(x);
    const { nodes } = emitModel({ y, z: multiply(y, y) });
    expect(nodes.map(({ type, inputs, outputs }) => [type, ...inputs, ...outputs])).toEqual([
      ['Exp', 'x', 'y'],
      ['Mul', 'y', 'y', 'z'],
    ]);
  });

  it('says the types of what ops give, outputs by their own names', () => {
    const x = float('x', ['batch', 2]);
    const { types, nodes } = emitModel({ y: exp(exp(x)) });
    const type = { dtype: 'float32', shape: ['batch', 2] };
    expect(nodes.map(({ outputs: [name] }) => types.get(name!))).toEqual([type, type]);
    expect(types.get('y')).toEqual(type);
  });

  it('copies an output that is an input, a constant or given twice', () => {
    const x = float('x', [2]);
    const y = exp(x);
    const { nodes, outputs } = emitModel({ same: x, two: scalar(2), y, again: y });
    expect(outputs.map(({ name }) => name)).toEqual(['same', 'two', 'y', 'again']);
    expect(nodes.map(({ type, outputs: [name] }) => `${type} ${name}`)).toEqual([
      'Exp y',
      'Identity same',
      'Identity two',
      'Identity again',
    ]);
  });

  it('shares equal constants and dimensions', () => {
    const x = float('x', ['batch', 2]);
    const scaled = multiply(multiply(x, scalar(3)), scalar(3));
    const { nodes, constants } = emitModel({
      y: multiply(multiply(scaled, dimSize('batch')), dimSize('batch')),
    });
    expect(constants.size).toBe(1);
    expect(nodes.filter(({ type }) => type === 'Shape')).toHaveLength(1);
  });

  it('keeps constants apart that differ in shape or type', () => {
    const a = constant(float32Tensor([1], [3]));
    const b = constant(float32Tensor([], [3]));
    expect(emitModel({ y: add(a, b) }).constants.size).toBe(2);
  });

  it('writes a shape with at most one unknown as a constant', () => {
    const x = float('x', ['batch', 'length', 4]);
    const { nodes } = emitModel({ y: reshape(reshape(x, ['batch*length', 4]), ['2*batch*length', 2]) });
    expect(nodes.map(({ type }) => type)).toEqual(['Reshape', 'Reshape']);
  });

  it('refuses a dimension that no input carries, by name', () => {
    const y = expand(float('x', [1]), ['width']);
    expect(() => emitModel({ y })).toThrow(VdaError);
    expect(() => emitModel({ y })).toThrow("no input of the program carries dimension 'width'");
  });

  it('gives the same bytes from two traces of a program', () => {
    const bytes = () => {
      const [x, w] = [float('x', ['batch', 3]), float('w', [3, 3])];
      const y = gemm(x, w, { addend: constant(float32Tensor([3], [1, 2, 3])) });
      return encodeModel(emitModel({ y, size: multiply(y, dimSize('2*batch')) }));
    };
    expect(Buffer.from(bytes()).equals(bytes())).toBe(true);
  });
});
