import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { float32Tensor, int64Tensor, tensor } from '../../src/base/tensor.ts';
import type { EmittedOp } from '../../src/graph/emitter.ts';
import { encodeModel } from '../../src/onnx/encode-model.ts';
import type { Constant, OnnxModel, ValueType } from '../../src/onnx/onnx-model.ts';
import { modelType } from '../../src/onnx/schema.ts';

const model = (parts: Partial<OnnxModel> = {}): OnnxModel => ({
  nodes: [],
  constants: new Map(),
  types: new Map(),
  inputs: [],
  outputs: [],
  ...parts,
});
const op = (attributes: EmittedOp['attributes']): EmittedOp => ({
  type: 'Some',
  domain: 'com.microsoft',
  inputs: ['a', '', 'b'],
  outputs: ['c'],
  attributes,
});

/** What a reader of the bytes sees, 64-bit integers as numbers and byte strings as base64. */
const decode = (bytes: Uint8Array) =>
  modelType.toObject(modelType.decode(bytes), { longs: Number, bytes: String, defaults: false });

describe('encodeModel, read back', () => {
  it('states IR version 10, opset 20 and, where they are used, ONNX Runtime’s own operators', () => {
    const { irVersion, opsetImport, producerName } = decode(encodeModel(model()));
    const standard = { domain: '', version: 20 };
    expect({ irVersion, producerName, opsetImport }).toEqual({
      irVersion: 10,
      producerName: 'vda',
      opsetImport: [standard],
    });
    const own = decode(encodeModel(model({ nodes: [op({})] })));
    expect(own.opsetImport).toEqual([standard, { domain: 'com.microsoft', version: 1 }]);
  });

  it('gives the values in between their types where that is asked for, and names to nodes that have one', () => {
    const x = { name: 'x', dtype: 'float32', shape: ['batch'] } as const;
    const y = { ...x, name: 'y' };
    const middle = { dtype: 'float16', shape: ['batch', 2] } as const;
    const parts = {
      ...{ inputs: [x], outputs: [y], nodes: [{ ...op({}), name: 'Some_0' }] },
      types: new Map<string, ValueType>([
        ['x', x],
        ['v', middle],
        ['y', y],
      ]),
    };
    const { graph } = decode(encodeModel(model(parts), { types: true }));
    const dim = [{ dimParam: 'batch' }, { dimValue: 2 }];
    expect(graph.valueInfo).toEqual([{ name: 'v', type: { tensorType: { elemType: 10, shape: { dim } } } }]);
    expect(graph.node[0].name).toBe('Some_0');
    expect(decode(encodeModel(model(parts))).graph.valueInfo).toBeUndefined();
  });

  it('keeps nodes in order, with absent optional inputs and domains', () => {
    const nodes = [op({}), { ...op({}), type: 'Other', domain: '', inputs: ['c'], outputs: ['d', 'e'] }];
    const { graph } = decode(encodeModel(model({ nodes })));
    expect(graph.node).toEqual([
      { opType: 'Some', domain: 'com.microsoft', input: ['a', '', 'b'], output: ['c'] },
      { opType: 'Other', domain: '', input: ['c'], output: ['d', 'e'] },
    ]);
  });

  // AttributeProto.AttributeType: FLOAT 1, INT 2, STRING 3, INTS 7.
  it.each([
    ['an int', 3, { i: 3, type: 2 }],
    ['a negative int', -1, { i: -1, type: 2 }],
    ['zero', 0, { i: 0, type: 2 }],
    ['a float', { float: 0.5 }, { f: 0.5, type: 1 }],
    ['a whole float', { float: 1 }, { f: 1, type: 1 }],
    ['a float rounded to float32', { float: 1e-12 }, { f: Math.fround(1e-12), type: 1 }],
    ['a string', 'nön', { s: Buffer.from('nön').toString('base64'), type: 3 }],
    ['ints', [2, 0, -1], { ints: [2, 0, -1], type: 7 }],
    ['no ints', [], { type: 7 }],
  ] as const)('keeps %s attribute', (_, value, expected) => {
    const { graph } = decode(encodeModel(model({ nodes: [op({ it: value })] })));
    expect(graph.node[0].attribute).toEqual([{ name: 'it', ...expected }]);
  });

  // TensorProto.DataType: FLOAT 1, UINT8 2, INT8 3, INT32 6, INT64 7, BOOL 9, FLOAT16 10, DOUBLE 11.
  it.each<[number, Constant]>([
    [1, float32Tensor([2, 2], [1, -2, 0.5, 3])],
    [2, tensor('uint8', [3], Uint8Array.of(0, 7, 255))],
    [3, { dtype: 'int8', shape: [2], data: Int8Array.of(-128, 127) }],
    [10, { dtype: 'float16', shape: [1], data: Uint16Array.of(0x3c00) }],
    [6, tensor('int32', [1], Int32Array.of(-5))],
    [7, int64Tensor([], [-(2 ** 40)])],
    [9, tensor('bool', [2], Uint8Array.of(1, 0))],
    [11, tensor('float64', [1], Float64Array.of(Math.PI))],
  ])('keeps a constant of type %d, byte for byte', (dataType, value) => {
    const { graph } = decode(encodeModel(model({ constants: new Map([['k', value]]) })));
    const { buffer, byteOffset, byteLength } = value.data;
    expect(graph.initializer).toEqual([
      {
        name: 'k',
        dataType,
        rawData: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
        ...(value.shape.length > 0 ? { dims: value.shape } : {}),
      },
    ]);
  });

  it('writes a constant that is a view of a larger buffer by its own part', () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const { graph } = decode(
      encodeModel(model({ constants: new Map([['k', tensor('float32', [2], data)]]) })),
    );
    expect(graph.initializer[0].rawData).toBe(Buffer.from(Float32Array.of(1, 2).buffer).toString('base64'));
  });

  it('gives inputs and outputs their types, with numbers and symbols for dimensions', () => {
    const x = { name: 'x', dtype: 'int64', shape: ['batch', 3, '2*length'] } as const;
    const y = { name: 'y', dtype: 'float32', shape: [] } as const;
    const { graph } = decode(encodeModel(model({ inputs: [x], outputs: [y] })));
    const dim = [{ dimParam: 'batch' }, { dimValue: 3 }, { dimParam: '2*length' }];
    expect(graph.input).toEqual([{ name: 'x', type: { tensorType: { elemType: 7, shape: { dim } } } }]);
    expect(graph.output).toEqual([{ name: 'y', type: { tensorType: { elemType: 1, shape: {} } } }]);
  });
});

it('encodeModel writes what ONNX Runtime opens', async () => {
  const x = { name: 'x', dtype: 'float32', shape: ['batch'] } as const;
  const nodes = [{ type: 'Exp', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }];
  const session = await InferenceSession.create(
    encodeModel(model({ nodes, inputs: [x], outputs: [{ ...x, name: 'y' }] })),
  );
  expect([session.inputNames, session.outputNames]).toEqual([['x'], ['y']]);
  await session.release();
});
