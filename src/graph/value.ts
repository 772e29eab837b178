import type { DType } from '../base/tensor.ts';
import { requireTypes, type TypeRule } from './element-types.ts';
import type { Emitter } from './emitter.ts';
import type { Shape } from './shape.ts';

/** A symbolic tensor: one output of a node. Immutable; a program is the set of nodes its outputs reach. */
export interface Value {
  readonly node: Node;
  /** Which output of the node. */
  readonly index: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One application of an op. */
export interface Node {
  readonly op: Op<never>;
  readonly inputs: readonly Value[];
  readonly attributes: unknown;
  readonly outputs: readonly Value[];
}

export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What a vector-Jacobian product sees of a node. */
export interface VjpContext<A> {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: A;
  /** Cotangent of output 0; the further outputs of an op are saved statistics and carry none. */
  readonly cotangent: Value;
}

/** Cotangents in input order; `undefined` where an input carries none (indices, masks). */
export type Vjp<A> = (context: VjpContext<A>) => readonly (Value | undefined)[];

/**
 * An op: its rules of element types and shapes, its emission and its gradient together, so that none can be forgotten.
 * `vjp: 'none'` marks an op no gradient may pass through; asking for one throws by the op's name.
 */
export interface Op<A> {
  readonly name: string;
  /** Element types of its inputs, held before shapes are. */
  readonly types: TypeRule;
  readonly infer: (inputs: readonly Value[], attributes: A) => readonly ValueType[];
  readonly emit: (emitter: Emitter, inputs: readonly string[], node: EmittedNode<A>) => readonly string[];
  readonly vjp: Vjp<A> | 'none';
}

export interface EmittedNode<A> {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: A;
}

/**
 * Applies an op; returns all its outputs.
 * @throws VdaError `internal` naming the op where element types or shapes do not fit
 */
export function applyAll<A>(op: Op<A>, inputs: readonly Value[], attributes: A): readonly Value[] {
  requireTypes(op.name, op.types, inputs);
  const outputs: Value[] = [];
  const node: Node = { op: op as Op<never>, inputs, attributes, outputs };
  op.infer(inputs, attributes).forEach((type, index) => {
    outputs.push({ ...type, node, index });
  });
  return outputs;
}

/** An op whose attributes are of whatever type: it reads only those that it made itself, so a node may forget their type. */
const withAttributes = <A>(op: Op<never>): Op<A> => op as unknown as Op<A>;

/** The op of a node. */
export const opOf = ({ op }: Node): Op<unknown> => withAttributes(op);

/** Whether a node is of this op. */
export const isOf = <A>({ op }: Node, other: Op<A>): boolean => withAttributes<A>(op) === other;

/** Applies an op; returns its first output. */
export const apply = <A>(op: Op<A>, inputs: readonly Value[], attributes: A): Value =>
  applyAll(op, inputs, attributes)[0]!;
