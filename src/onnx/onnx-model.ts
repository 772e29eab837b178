import type { DType } from '../base/tensor.ts';
import type { EmittedOp } from '../graph/emitter.ts';
import { onnxTypeOf } from '../graph/ops/cast.ts';
import type { Shape } from '../graph/shape.ts';

/** Element types of ONNX values, as far as the project writes them: those of programs, and those that only files have. */
export type ElementType = DType | 'int8' | 'float16';

/** ONNX TensorProto.DataType of each element type. */
export const dataTypeOf: Readonly<Record<ElementType, number>> = { ...onnxTypeOf, int8: 3, float16: 10 };

export interface ValueType {
  readonly dtype: ElementType;
  readonly shape: Shape;
}

/** A constant of a model; halves are held as their 16 bits. */
export interface Constant {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView & ArrayLike<number | bigint>;
}

export interface OnnxNode extends EmittedOp {
  readonly name?: string;
}

/** A model as {@link encodeModel} writes it: what a program emits, or a rewriting of it for files. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly types: ReadonlyMap<string, ValueType>;
  readonly inputs: readonly (ValueType & { readonly name: string })[];
  readonly outputs: readonly (ValueType & { readonly name: string })[];
}

/** The nodes whose values somebody reads, in their order. */
function liveNodes({ nodes, outputs }: Pick<OnnxModel, 'nodes' | 'outputs'>): readonly OnnxNode[] {
  const read = new Set(outputs.map(({ name }) => name));
  const kept: OnnxNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => read.has(name))) continue;
    for (const name of node.inputs) read.add(name);
    kept.push(node);
  }
  return kept.reverse();
}

/** The nodes and constants that decide the outputs, and nothing else. */
export function pruned(model: OnnxModel): OnnxModel {
  const nodes = liveNodes(model);
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const constants = new Map([...model.constants].filter(([name]) => read.has(name)));
  return { ...model, nodes, constants };
}
