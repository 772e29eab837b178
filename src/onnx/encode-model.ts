import type { Attribute } from '../graph/emitter.ts';
import { type Constant, dataTypeOf, type OnnxModel, type OnnxNode, type ValueType } from './onnx-model.ts';
import { modelType } from './schema.ts';

/** Versions of the operator sets that models are written against, by domain; `com.microsoft` is ONNX Runtime's own. */
const operatorSets = { '': 20, 'com.microsoft': 1 } as const;

/**
 * The bytes of an ONNX model (protobuf, IR version 10, opset 20).
 * @param options.types write the types of values in between (`value_info`), which tools need and running does not. Default false.
 */
export const encodeModel = (
  model: OnnxModel,
  { types = false }: { readonly types?: boolean } = {},
): Uint8Array => {
  const domains = new Set(['', ...model.nodes.map(({ domain }) => domain)]);
  const ends = new Set([...model.inputs, ...model.outputs].map(({ name }) => name));
  return modelType
    .encode({
      irVersion: 10,
      producerName: 'vda',
      opsetImport: Object.entries(operatorSets)
        .filter(([domain]) => domains.has(domain))
        .map(([domain, version]) => ({ domain, version })),
      graph: {
        name: 'program',
        node: model.nodes.map(encodeNode),
        initializer: [...model.constants].map(([name, value]) => encodeTensor(name, value)),
        input: model.inputs.map(encodeValueInfo),
        output: model.outputs.map(encodeValueInfo),
        valueInfo: types
          ? [...model.types]
              .filter(([name]) => !ends.has(name))
              .map(([name, type]) => encodeValueInfo({ name, ...type }))
          : [],
      },
    })
    .finish();
};

const encodeNode = ({ type, domain, inputs, outputs, attributes, name }: OnnxNode) => ({
  opType: type,
  domain,
  input: inputs,
  output: outputs,
  attribute: Object.entries(attributes).map(encodeAttribute),
  ...(name !== undefined && { name }),
});

/** AttributeProto.AttributeType: FLOAT 1, INT 2, STRING 3, INTS 7. */
function encodeAttribute([name, value]: [string, Attribute]) {
  if (typeof value === 'number') return { name, i: value, type: 2 };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  if ('float' in value) return { name, f: value.float, type: 1 };
  return { name, ints: value, type: 7 };
}

const encodeTensor = (name: string, { dtype, shape, data }: Constant) => ({
  name,
  dims: shape,
  dataType: dataTypeOf[dtype],
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

const encodeValueInfo = ({ name, dtype, shape }: ValueType & { readonly name: string }) => ({
  name,
  type: {
    tensorType: {
      elemType: dataTypeOf[dtype],
      shape: { dim: shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});
