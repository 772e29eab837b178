import { VdaError } from '../base/error.ts';
import { int64Tensor, type Tensor } from '../base/tensor.ts';
import type { EmittedModel, EmittedOp, Emitter } from './emitter.ts';
import { type InputAttributes, inputOp } from './ops/input.ts';
import { type Dim, factorsOf } from './shape.ts';
import { topologicalOrder } from './topological-order.ts';
import { isOf, type Node, opOf, type Value } from './value.ts';

/**
 * Writes the program that computes `outputs` as a model: nodes in order, constants, and the inputs it really reads.
 * Symbolic dimensions are read from the shapes of the inputs that carry them. Operators that the place where it is to run
 * `lacks` are written by others.
 */
export function emitModel(
  outputs: Readonly<Record<string, Value>>,
  { lacks = [] }: { readonly lacks?: readonly string[] } = {},
): EmittedModel {
  const order = topologicalOrder(Object.values(outputs));
  const inputs = order.filter(isInput).map((node) => node.attributes as InputAttributes);
  const nodes: EmittedOp[] = [];
  const constants = new Map<string, Tensor>();
  const emitter = createEmitter({ nodes, constants, inputs, lacks });

  const names = new Map<Value, string>();
  for (const node of order) {
    const op = opOf(node);
    const emitted = op.emit(
      emitter,
      node.inputs.map((value) => names.get(value)!),
      node,
    );
    node.outputs.forEach((value, i) => {
      names.set(value, emitted[i]!);
    });
  }
  for (const [name, value] of Object.entries(outputs)) {
    nodes.push({
      type: 'Identity',
      domain: '',
      inputs: [names.get(value)!],
      outputs: [name],
      attributes: {},
    });
  }
  return {
    nodes: renameOutputs(nodes, Object.keys(outputs).length),
    constants,
    types: new Map(
      [...names, ...Object.entries(outputs).map(([name, value]) => [value, name] as const)].map(
        ([{ dtype, shape }, name]) => [name, { dtype, shape }],
      ),
    ),
    inputs,
    outputs: Object.entries(outputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
  };
}

const isInput = (node: Node): boolean => isOf(node, inputOp);

/**
 * Replaces each closing Identity by renaming what it copies, where that is the output of one node: a gradient of
 * hundreds of megabytes must be written where it belongs, not copied there.
 */
function renameOutputs(nodes: readonly EmittedOp[], outputCount: number): EmittedOp[] {
  const body = nodes.slice(0, nodes.length - outputCount);
  const produced = new Set(body.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const copies = nodes.slice(nodes.length - outputCount).filter((copy) => {
    const [from] = copy.inputs;
    if (!produced.has(from!) || renamed.has(from!)) return true;
    renamed.set(from!, copy.outputs[0]!);
    return false;
  });
  const rename = (name: string) => renamed.get(name) ?? name;
  return [...body, ...copies].map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
}

function createEmitter({
  nodes,
  constants,
  inputs,
  lacks,
}: {
  readonly nodes: EmittedOp[];
  readonly constants: Map<string, Tensor>;
  readonly inputs: readonly InputAttributes[];
  readonly lacks: readonly string[];
}): Emitter {
  const constantNames = new Map<string, string>();
  const dimNames = new Map<Dim, string>();
  let count = 0;

  const node: Emitter['node'] = (type, inputNames, { attributes = {}, outputs = 1, domain = '' } = {}) => {
    const outputNames = Array.from({ length: outputs }, () => `v${count++}`);
    nodes.push({ type, domain, inputs: inputNames, outputs: outputNames, attributes });
    return outputNames;
  };

  const constant: Emitter['constant'] = (value) => {
    const key = `${value.dtype}:${value.shape}:${value.data.length <= 16 ? value.data.join() : constants.size}`;
    const known = constantNames.get(key);
    if (known) return known;
    const name = `c${constants.size}`;
    constants.set(name, value);
    constantNames.set(key, name);
    return name;
  };

  const symbol = (name: string): string => {
    const source = inputs.find(({ shape }) => shape.includes(name));
    if (!source) throw new VdaError('internal', `emit: no input of the program carries dimension '${name}'`);
    const axis = source.shape.indexOf(name);
    return node('Shape', [source.name], { attributes: { start: axis, end: axis + 1 } })[0]!;
  };

  const dim: Emitter['dim'] = (of) => {
    const known = dimNames.get(of);
    if (known) return known;
    const { coefficient, symbols } = factorsOf(of);
    const factors = symbols.map((s) => (s === of ? symbol(s) : dim(s)));
    if (coefficient !== 1 || factors.length === 0) factors.push(constant(int64Tensor([1], [coefficient])));
    const name = factors.reduce((a, b) => node('Mul', [a, b])[0]!);
    dimNames.set(of, name);
    return name;
  };

  const shape: Emitter['shape'] = (dims) =>
    dims.every((d) => typeof d === 'number')
      ? constant(int64Tensor([dims.length], dims))
      : node('Concat', dims.map(dim), { attributes: { axis: 0 } })[0]!;

  return { node, constant, dim, shape, has: (type) => !lacks.includes(type) };
}
