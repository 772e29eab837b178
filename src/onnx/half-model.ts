import { encodeF16 } from '../base/half.ts';
import { type Constant, dataTypeOf, type OnnxModel, type OnnxNode, type ValueType } from './onnx-model.ts';

/** Scalars beyond it are brought to it, as the field's converters do: what masks attention must stay finite in sums. */
const largestScalar = 1e4;

/**
 * A model in half precision: constants and arithmetic in float16, inputs and outputs as they were.
 *
 * Source: `convert_float_to_float16` of onnxconverter-common with `keep_io_types`, whose bound on scalars is ours.
 * @param model a {@link standardModel}
 * @throws VdaError `unsupported` for a weight beyond ±65504, the largest half
 */
export function halfModel(model: OnnxModel): OnnxModel {
  const constants = [...model.constants].map(([name, value]) => [name, halfConstant(name, value)] as const);
  const inner = (name: string) => `${name}.float16`;
  const floats = model.outputs.filter(({ dtype }) => dtype === 'float32');
  const outputs = new Set(floats.map(({ name }) => name));
  const named = (name: string) => (outputs.has(name) ? inner(name) : name);
  const nodes = model.nodes.map((node) => ({
    ...halfCast(node),
    inputs: node.inputs.map(named),
    outputs: node.outputs.map(named),
  }));
  const casts = floats.map(({ name }) => ({
    ...{ type: 'Cast', domain: '', inputs: [inner(name)], outputs: [name], name: `Cast_${name}` },
    attributes: { to: dataTypeOf.float32 },
  }));
  const types = [...model.types].map(([name, type]) => [named(name), halfType(type)] as const);
  return { ...model, nodes: [...nodes, ...casts], constants: new Map(constants), types: new Map(types) };
}

function halfConstant(name: string, value: Constant): Constant {
  if (value.dtype !== 'float32') return value;
  const { shape, data } = value;
  const floats = data as Float32Array;
  const bounded =
    floats.length === 1
      ? Float32Array.of(Math.max(-largestScalar, Math.min(largestScalar, floats[0]!)))
      : floats;
  return { dtype: 'float16', shape, data: encodeF16(bounded, name) };
}

/** A cast to float32 is one to float16 within. */
const halfCast = (node: OnnxNode): OnnxNode =>
  node.type === 'Cast' && node.attributes.to === dataTypeOf.float32
    ? { ...node, attributes: { ...node.attributes, to: dataTypeOf.float16 } }
    : node;

const halfType = ({ dtype, shape }: ValueType): ValueType => ({
  dtype: dtype === 'float32' ? 'float16' : dtype,
  shape,
});
