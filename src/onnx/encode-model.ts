import type { Tensor } from '../base/tensor.ts';
import type { Attribute, EmittedModel, EmittedOp } from '../graph/emitter.ts';
import { onnxTypeOf } from '../graph/ops/cast.ts';
import { modelType } from './schema.ts';

/** Operator set versions the emitted models are written against. */
const operatorSets = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/** The bytes of an ONNX model (protobuf, IR version 10, opset 20). */
export const encodeModel = (model: EmittedModel): Uint8Array =>
  modelType
    .encode({
      irVersion: 10,
      producerName: 'vda',
      opsetImport: operatorSets,
      graph: {
        name: 'program',
        node: model.nodes.map(encodeNode),
        initializer: [...model.constants].map(([name, value]) => encodeTensor(name, value)),
        input: model.inputs.map(encodeValueInfo),
        output: model.outputs.map(encodeValueInfo),
      },
    })
    .finish();

const encodeNode = ({ type, domain, inputs, outputs, attributes }: EmittedOp) => ({
  opType: type,
  domain,
  input: inputs,
  output: outputs,
  attribute: Object.entries(attributes).map(encodeAttribute),
});

/** AttributeProto.AttributeType: FLOAT 1, INT 2, STRING 3, INTS 7. */
function encodeAttribute([name, value]: [string, Attribute]) {
  if (typeof value === 'number') return { name, i: value, type: 2 };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  if ('float' in value) return { name, f: value.float, type: 1 };
  return { name, ints: value, type: 7 };
}

const encodeTensor = (name: string, { dtype, shape, data }: Tensor) => ({
  name,
  dims: shape,
  dataType: onnxTypeOf[dtype],
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

const encodeValueInfo = ({ name, dtype, shape }: EmittedModel['inputs'][number]) => ({
  name,
  type: {
    tensorType: {
      elemType: onnxTypeOf[dtype],
      shape: { dim: shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});
