import type { Tensor } from '../base/tensor.ts';
import type { Dim } from './shape.ts';

export type Attribute = number | { readonly float: number } | string | readonly number[];

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Number of outputs; 1 unless told. */
  readonly outputs?: number;
  /** Operator domain; the ONNX one unless told (`com.microsoft` for ONNX Runtime's own). */
  readonly domain?: string;
}

/** What an op needs to write itself down as ONNX. A name stands for a tensor; '' is an absent optional input. */
export interface Emitter {
  /** Adds a node; returns the names of its outputs. Whole-number attributes are ints, `{ float }` is a float. */
  node(type: string, inputs: readonly string[], options?: NodeOptions): readonly string[];
  /** A constant (an initializer). Equal constants share one. */
  constant(value: Tensor): string;
  /** Whether the place where the model runs has an operator (`Softmax`, `com.microsoft.Gelu`); where not, an op writes itself by others. */
  has(type: string): boolean;
  /** int64 tensor `[1]` holding a dimension, read from an input's shape when the program runs. */
  dim(dim: Dim): string;
  /** int64 tensor `[rank]` holding a shape. */
  shape(shape: readonly Dim[]): string;
}

/** A node of the emitted model. */
export interface EmittedOp {
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A model as plain data; `src/onnx` turns it into bytes. */
export interface EmittedModel {
  readonly nodes: readonly EmittedOp[];
  readonly constants: ReadonlyMap<string, Tensor>;
  /** What is known of values: of each that an op gives, not of those inside of an op. */
  readonly types: ReadonlyMap<string, { readonly dtype: Tensor['dtype']; readonly shape: readonly Dim[] }>;
  readonly inputs: readonly {
    readonly name: string;
    readonly dtype: Tensor['dtype'];
    readonly shape: readonly Dim[];
  }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly dtype: Tensor['dtype'];
    readonly shape: readonly Dim[];
  }[];
}
