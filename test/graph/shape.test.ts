import { describe, expect, it } from 'vitest';
import { VdaError } from '../../src/base/error.ts';
import {
  add,
  concat,
  drop,
  expand,
  gemm,
  input,
  layerNorm,
  matmul,
  pad,
  putAlong,
  reshape,
  scatterAddRows,
  slice,
  takeAlong,
  where,
} from '../../src/graph/ops/index.ts';
import {
  addDims,
  broadcastShapes,
  broadcastsTo,
  elementsOf,
  evaluateDim,
  multiplyDims,
  type Shape,
} from '../../src/graph/shape.ts';

describe('dimensions', () => {
  it('multiply into one canonical form, whatever the order', () => {
    expect(multiplyDims('length', 2, 'batch')).toBe('2*batch*length');
    expect(multiplyDims('batch', 'length', 2)).toBe('2*batch*length');
    expect(multiplyDims('2*batch', '3*length')).toBe('6*batch*length');
    expect(multiplyDims('batch', 'batch')).toBe('batch*batch');
    expect(multiplyDims(3, 4)).toBe(12);
    expect(multiplyDims()).toBe(1);
    expect(multiplyDims('batch', 0)).toBe(0);
    expect(elementsOf(['batch', 'length', 4])).toBe('4*batch*length');
  });

  it('add where their symbols agree', () => {
    expect(addDims('batch', '2*batch')).toBe('3*batch');
    expect(addDims(2, 3)).toBe(5);
    expect(() => addDims('batch', 1)).toThrow('cannot add dimensions batch and 1');
    expect(() => addDims('batch', 'length')).toThrow(VdaError);
  });

  it('stand for a number once their symbols are bound', () => {
    const bindings = new Map([
      ['batch', 3],
      ['length', 5],
    ]);
    expect(evaluateDim('2*batch*length', bindings)).toBe(30);
    expect(evaluateDim(7, bindings)).toBe(7);
    expect(() => evaluateDim('width', bindings)).toThrow("nothing binds dimension 'width'");
  });
});

describe('broadcasting', () => {
  it.each<[Shape, Shape, Shape]>([
    [[], [], []],
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [['batch', 1], ['length'], ['batch', 'length']],
    [[1], ['batch', 4, 1], ['batch', 4, 1]],
  ])('of %j and %j is %j', (a, b, expected) => {
    expect(broadcastShapes('add', [a, b])).toEqual(expected);
    expect(broadcastShapes('add', [b, a])).toEqual(expected);
  });

  it.each<[Shape, Shape]>([
    [[2], [3]],
    [['batch'], ['length']],
    [['batch'], [2]],
  ])('of %j and %j is refused', (a, b) => {
    expect(() => broadcastShapes('add', [a, b])).toThrow('do not fit');
  });

  it('to a shape goes one way', () => {
    expect(broadcastsTo([1, 3], ['batch', 3])).toBe(true);
    expect(broadcastsTo(['batch', 3], [1, 3])).toBe(false);
    expect(broadcastsTo([1, 1], [1])).toBe(false);
  });
});

describe('shapes that do not fit are refused when traced', () => {
  const f = (...shape: Shape) => input('f', { dtype: 'float32', shape });
  const i = (...shape: Shape) => input('i', { dtype: 'int64', shape });
  const m = (...shape: Shape) => input('m', { dtype: 'uint8', shape });

  const b = (...shape: Shape) => input('b', { dtype: 'bool', shape });

  it.each<[string, () => unknown]>([
    ['add: shapes [2] and [3]', () => add(f(2), f(3))],
    ['where: shapes [2] and [3] and []', () => where(b(2), { whenTrue: f(3), whenFalse: f() })],
    ['gemm: shapes [2, 3] and [4, 3]', () => gemm(f(2, 3), f(4, 3))],
    ['gemm: shapes [2, 3, 1] and [1, 3]', () => gemm(f(2, 3, 1), f(1, 3))],
    ['gemm with an addend: shapes [2, 4] and [3]', () => gemm(f(2, 3), f(3, 4), { addend: f(3) })],
    ['matmul: shapes [2, 3, 4] and [3, 4, 5]', () => matmul(f(2, 3, 4), f(3, 4, 5))],
    ['matmul: shapes [batch, 3] and [length, 3]', () => matmul(f('batch', 3), f('length', 3))],
    ['matmul: shapes [3] and [3]', () => matmul(f(3), f(3))],
    ['reshape: shapes [2, 3] and [7]', () => reshape(f(2, 3), [7])],
    ['reshape: shapes [batch, 3] and [3*length]', () => reshape(f('batch', 3), ['3*length'])],
    ['expand: shapes [2] and [3]', () => expand(f(2), [3])],
    ['expand: shapes [2, 1] and [1]', () => expand(f(2, 1), [1])],
    ['slice from 2: shapes [4] and [3]', () => slice(f(4), { axis: 0, start: 2, size: 3 })],
    ['slice from -1', () => slice(f(4), { axis: 0, start: -1, size: 1 })],
    ['slice from 0: shapes [4]', () => slice(f(4), { axis: 1, size: 1 })],
    ['pad after 1: shapes [4] and [4]', () => pad(f(4), { axis: 0, before: 1, size: 4 })],
    ['concat along axis 0: shapes [2, 3] and [2, 4]', () => concat([f(2, 3), f(2, 4)], 0)],
    ['cannot add dimensions batch and 1', () => concat([f('batch'), f(1)], 0)],
    ['takeAlong: shapes [2, 3] and [3, 1]', () => takeAlong(f(2, 3), i(3, 1))],
    ['putAlong: shapes [2, 3] and [2, 2]', () => putAlong({ ids: i(2, 3), values: f(2, 2), columns: 4 })],
    ['scatterAddRows: shapes [3] and [2, 4]', () => scatterAddRows({ ids: i(3), updates: f(2, 4), rows: 5 })],
    [
      'scatterAddRows to a base: shapes [5, 4] and [6, 4]',
      () => scatterAddRows({ ids: i(2), updates: f(2, 4), rows: 5, base: f(6, 4) }),
    ],
    [
      'layerNorm: shapes [2, 4] and [4] and [3]',
      () => layerNorm(f(2, 4), { gamma: f(4), beta: f(3), epsilon: 1 }),
    ],
    ['drop: shapes [2, 3] and [3]', () => drop(f(2, 3), { mask: m(3), probability: 0.5 })],
  ])('%s', (message, build) => {
    expect(build).toThrow(VdaError);
    expect(build).toThrow(message);
  });
});
