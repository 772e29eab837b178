import { VdaError } from '../base/error.ts';
import { addDims, broadcastShapes, type Shape, sameShape } from '../graph/shape.ts';
import { type Constant, type OnnxModel, type OnnxNode, pruned, type ValueType } from './onnx-model.ts';

/** ONNX Runtime's own operators, for which programs have another writing. */
export const operatorsOfOnnxRuntime = ['FusedMatMul', 'com.microsoft.Gelu'] as const;

/**
 * A program that asks a model, rewritten as exporters of the field write models, so that their tools can go on from it:
 *
 * - what constants alone decide is worked out (reshaped and transposed weights);
 * - a linear map is `MatMul` by a constant `[I, O]`, then `Add`, over any leading axes, as quantisers look for it;
 * - no node has an output that nobody reads; each has a name;
 * - every value has a type.
 *
 * @param p.names what constants are called, by the data they hold; others keep their names
 * @throws VdaError `internal` where a value has no type by {@link typeOfInner}
 */
export function standardModel(
  program: OnnxModel,
  { names = new Map() }: { readonly names?: ReadonlyMap<Constant['data'], string> } = {},
): OnnxModel {
  const passes = [withConstantsFolded, withMatMuls, withoutUnreadOutputs, pruned, withTypes, withNodeNames];
  return passes.reduce((model, pass) => pass(model), withConstantNames(program, names));
}

function withConstantNames(model: OnnxModel, names: ReadonlyMap<Constant['data'], string>): OnnxModel {
  const called = new Map([...model.constants].map(([name, { data }]) => [name, names.get(data) ?? name]));
  return {
    ...model,
    constants: new Map([...model.constants].map(([name, value]) => [called.get(name)!, value])),
    nodes: withInputs(model.nodes, called),
  };
}

const withInputs = (nodes: readonly OnnxNode[], called: ReadonlyMap<string, string>): readonly OnnxNode[] =>
  nodes.map((node) => ({ ...node, inputs: node.inputs.map((name) => called.get(name) ?? name) }));

/** Reshapes and transposes the constants that nodes would. */
function withConstantsFolded(model: OnnxModel): OnnxModel {
  const constants = new Map(model.constants);
  const called = new Map<string, string>();
  const nodes = model.nodes.filter(({ type, inputs: [name], outputs: [to], attributes }) => {
    const from = constants.get(called.get(name!) ?? name!);
    if (from === undefined || (type !== 'Reshape' && type !== 'Transpose')) return true;
    const folded =
      type === 'Reshape'
        ? { ...from, shape: model.types.get(to!)!.shape as readonly number[] } // of a constant: numbers
        : transposed(from, attributes.perm as readonly number[]);
    called.set(to!, `${called.get(name!) ?? name}.${type.toLowerCase()}`);
    constants.set(called.get(to!)!, folded);
    return false;
  });
  return { ...model, nodes: withInputs(nodes, called), constants };
}

/** A constant with its axes in another order: axis i is the former axis `perm[i]`. */
function transposed(from: Constant, perm: readonly number[]): Constant {
  const strides = from.shape.map((_, axis) => from.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const shape = perm.map((axis) => from.shape[axis]!);
  const data = new (from.data.constructor as Float32ArrayConstructor)(from.data.length);
  const place = shape.map(() => 0);
  let source = 0;
  for (let i = 0; i < data.length; i++) {
    data[i] = from.data[source] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[perm[axis]!]!;
      if (++place[axis]! < shape[axis]!) break;
      source -= place[axis]! * strides[perm[axis]!]!;
      place[axis] = 0;
    }
  }
  return { ...from, shape, data };
}

/**
 * `Gemm` by a constant as `MatMul` and `Add`. Where a `Reshape` before it only flattens the leading axes, and one after it
 * brings them back, both go.
 */
function withMatMuls(model: OnnxModel): OnnxModel {
  const constants = new Map(model.constants);
  const types = new Map(model.types);
  const makers = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const readers = readersOf(model);
  const replaced = new Map<OnnxNode, readonly OnnxNode[]>();
  for (const gemm of model.nodes) {
    if (gemm.type !== 'Gemm') continue;
    const [rows, weight, bias] = gemm.inputs as [string, string, string];
    const [product] = gemm.outputs as [string];
    const matrix = constants.get(weight);
    if (matrix === undefined) continue;
    const turned = gemm.attributes.transB === 1 ? `${weight}.transpose` : weight;
    if (!constants.has(turned)) constants.set(turned, transposed(matrix, [1, 0]));

    const before = makers.get(rows);
    const after = readers.get(product)?.length === 1 ? readers.get(product)![0] : undefined;
    const outside = before?.type === 'Reshape' ? types.get(before.inputs[0]!) : undefined;
    const back = after?.type === 'Reshape' ? types.get(after.outputs[0]!) : undefined;
    const leading = (type: ValueType | undefined) => type?.shape.slice(0, -1);
    const width = constants.get(turned)!.shape;
    const isSandwich =
      outside !== undefined &&
      back !== undefined &&
      sameShape(leading(outside)!, leading(back)!) &&
      outside.shape.at(-1) === width[0] &&
      back.shape.at(-1) === width[1];
    const x = isSandwich ? before!.inputs[0]! : rows;
    const y = isSandwich ? after!.outputs[0]! : product;
    const inner = `${y}.product`;
    replaced.set(gemm, [
      { type: 'MatMul', domain: '', inputs: [x, turned], outputs: [inner], attributes: {} },
      { type: 'Add', domain: '', inputs: [inner, bias], outputs: [y], attributes: {} },
    ]);
    types.set(inner, types.get(y)!);
    if (isSandwich) replaced.set(after!, []);
  }
  return { ...model, nodes: model.nodes.flatMap((node) => replaced.get(node) ?? [node]), constants, types };
}

function readersOf({ nodes }: OnnxModel): ReadonlyMap<string, readonly OnnxNode[]> {
  const readers = new Map<string, OnnxNode[]>();
  for (const node of nodes) {
    for (const name of node.inputs) {
      if (!readers.has(name)) readers.set(name, []);
      readers.get(name)!.push(node);
    }
  }
  return readers;
}

/** Statistics that normalisation saves for a gradient: of another element type than the rest in half precision. */
function withoutUnreadOutputs(model: OnnxModel): OnnxModel {
  const read = new Set([
    ...model.nodes.flatMap(({ inputs }) => inputs),
    ...model.outputs.map(({ name }) => name),
  ]);
  const nodes = model.nodes.map((node) => {
    const last = node.outputs.findLastIndex((name) => read.has(name));
    return { ...node, outputs: node.outputs.slice(0, Math.max(1, last + 1)) };
  });
  return { ...model, nodes };
}

/** Types of the values inside of an op, beside those that the program knows. */
function withTypes(model: OnnxModel): OnnxModel {
  const known = new Map<string, ValueType>([
    ...model.types,
    ...model.inputs.map((value) => [value.name, value] as const),
    ...model.constants,
  ]);
  for (const node of model.nodes) {
    if (node.outputs.every((name) => known.has(name))) continue;
    known.set(
      node.outputs[0]!,
      typeOfInner(
        node,
        node.inputs.map((name) => known.get(name)!),
      ),
    );
  }
  const values = [...model.inputs.map(({ name }) => name), ...model.nodes.flatMap(({ outputs }) => outputs)];
  return { ...model, types: new Map(values.map((name) => [name, known.get(name)!])) };
}

/**
 * The type of a value inside of an op: shapes being put together, matrices turned or scaled.
 * @throws VdaError `internal` for another operator
 */
function typeOfInner({ type, attributes }: OnnxNode, inputs: readonly ValueType[]): ValueType {
  const [a, b] = inputs as [ValueType, ValueType];
  const shapes = inputs.map(({ shape }) => shape);
  if (type === 'Shape') return { dtype: 'int64', shape: [1] };
  if (type === 'Concat') {
    return {
      dtype: a.dtype,
      shape: [shapes.reduce((sum, [size]) => addDims(sum, size!), 0 as Shape[number])],
    };
  }
  if (type === 'Add' || type === 'Mul') return { dtype: a.dtype, shape: broadcastShapes(type, shapes) };
  if (type === 'Transpose') {
    return { dtype: a.dtype, shape: (attributes.perm as readonly number[]).map((axis) => a.shape[axis]!) };
  }
  if (type === 'MatMul') return { dtype: a.dtype, shape: [...a.shape.slice(0, -1), b.shape.at(-1)!] };
  throw new VdaError('internal', `standardModel: nothing says what type ${type} gives inside of an op`);
}

/** Tools tell nodes apart by name. */
const withNodeNames = (model: OnnxModel): OnnxModel => ({
  ...model,
  nodes: model.nodes.map((node, i) => ({ ...node, name: `${node.type}_${i}` })),
});
