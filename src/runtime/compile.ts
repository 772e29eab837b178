import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { messageOf, VdaError } from '../base/error.ts';
import type { DataOf, DType, Tensor } from '../base/tensor.ts';
import { emitModel } from '../graph/emit-model.ts';
import { input } from '../graph/ops/input.ts';
import { type Dim, evaluateDim, factorsOf } from '../graph/shape.ts';
import type { Value, ValueType } from '../graph/value.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { flatten, mapTree, type Tree } from './tree.ts';

/** Where programs run: `cpu`, or a provider of ONNX Runtime whose libraries are present. */
export type Device = 'cpu' | 'cuda' | 'webgpu';

export interface RuntimeOptions {
  /** `cpu` unless told. */
  readonly device?: Device;
  /** Threads inside an operator; ONNX Runtime's own choice (the physical cores) unless told. */
  readonly numThreads?: number;
}

type ValueTree = Tree<Value>;
type Specs = { readonly [name: string]: Tree<ValueType> };

/** The tree of values that a tree of specs is traced with. */
export type Traced<S> = S extends ValueType ? Value : { readonly [K in keyof S]: Traced<S[K]> };
/** The tree of tensors that a tree of specs is fed with. */
export type Fed<S> = S extends ValueType ? Tensor : { readonly [K in keyof S]: Fed<S[K]> };
/** The tree of tensors that comes out of a tree of values. */
export type Results<R> = R extends Value ? Tensor : { readonly [K in keyof R]: Results<R[K]> };

export interface RunOptions {
  /**
   * Buffers for some outputs, by the outputs' tree; they are written in place, and may be the buffers of inputs that
   * the outputs were accumulated from.
   */
  readonly into?: Tree<Tensor>;
  /** Inputs that tracing made beside the specs, by name (dropout masks). */
  readonly extra?: Readonly<Record<string, Tensor>>;
}

/** A compiled program. */
export interface Program<S extends Specs, R> {
  /** Runs it. @throws VdaError `internal` when an input is missing or has another shape than its spec. */
  run(inputs: Fed<S>, options?: RunOptions): Promise<Results<R>>;
  release(): Promise<void>;
}

const isType = (node: unknown): node is ValueType =>
  typeof node === 'object' && node !== null && Array.isArray((node as ValueType).shape);
const isValue = (node: unknown): node is Value => isType(node) && 'node' in node;
const isTensor = (node: unknown): node is Tensor => isType(node) && 'data' in node;

/**
 * Traces `program` on symbolic inputs, writes it as an ONNX model and opens one session for it. Dimensions given by
 * name (`'batch'`) may differ from run to run.
 *
 * @throws VdaError `unsupported` when the device can't be had, `internal` when the model is refused.
 */
export async function compile<S extends Specs, R extends ValueTree>(
  program: (inputs: Traced<S>) => R,
  specs: S,
  options: RuntimeOptions = {},
): Promise<Program<S, R>> {
  const traced = program(
    mapTree<ValueType, Value>(specs, isType, (type, path) => input(path, type)) as Traced<S>,
  );
  const outputs = Object.fromEntries(flatten<Value>(traced, isValue));
  const model = emitModel(prefixed(outputs));
  const session = await openSession(encodeModel(model), options);

  return {
    run: async (inputs, { into, extra = {} } = {}) => {
      const fed = new Map([...flatten<Tensor>(inputs as Tree<Tensor>, isTensor), ...Object.entries(extra)]);
      const bindings = new Map<string, number>();
      const feeds: Record<string, OrtTensor> = {};
      for (const { name, shape } of model.inputs) {
        const value = fed.get(name);
        if (!value) throw new VdaError('internal', `run: input '${name}' was not fed`);
        bindShape(name, shape, { actual: value.shape, bindings });
        feeds[name] = toOrt(value);
      }
      const buffers = into ? new Map(flatten<Tensor>(into, isTensor)) : new Map<string, Tensor>();
      const fetches: Record<string, OrtTensor | null> = {};
      for (const { name } of model.outputs) {
        const buffer = buffers.get(name.slice(outputPrefix.length));
        fetches[name] = buffer ? toOrt(buffer) : null;
      }
      const results = await session.run(feeds, fetches);
      return mapTree<Value, Tensor>(traced, isValue, ({ dtype, shape }, path) => {
        const result = results[outputPrefix + path]!;
        const dims = shape.map((dim) => evaluateDim(dim, bindings));
        return buffers.get(path) ?? { dtype, shape: dims, data: result.data as DataOf<DType> };
      }) as Results<R>;
    },
    release: () => session.release(),
  };
}

/** Keeps outputs apart from inputs of the same path (gradients that accumulate in place are both). */
const outputPrefix = 'out:';
const prefixed = (outputs: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(outputs).map(([name, value]) => [outputPrefix + name, value]));

const toOrt = ({ dtype, shape, data }: Tensor): OrtTensor => new OrtTensor(dtype, data, shape as number[]);

function bindShape(
  name: string,
  shape: readonly Dim[],
  { actual, bindings }: { actual: readonly number[]; bindings: Map<string, number> },
): void {
  const fits =
    actual.length === shape.length &&
    shape.every((dim, i) => {
      const size = actual[i]!;
      if (typeof dim === 'number') return dim === size;
      const { coefficient, symbols } = factorsOf(dim);
      const bound = bindings.get(dim);
      if (bound === undefined && coefficient === 1 && symbols.length === 1) {
        bindings.set(dim, size);
        return true;
      }
      return symbols.some((s) => !bindings.has(s)) || evaluateDim(dim, bindings) === size;
    });
  if (!fits) {
    throw new VdaError(
      'internal',
      `run: input '${name}' has shape [${actual}], expected [${shape}] with ${[...bindings]}`,
    );
  }
}

async function openSession(
  bytes: Uint8Array,
  { device = 'cpu', numThreads }: RuntimeOptions,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      // Shapes change from batch to batch, so a memory plan made for one of them would be thrown away.
      enableMemPattern: false,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      ...(numThreads ? { intraOpNumThreads: numThreads } : {}),
    });
  } catch (error) {
    if (device === 'cpu') {
      throw new VdaError('internal', `ONNX Runtime refused a generated model: ${messageOf(error)}`, {
        cause: error,
      });
    }
    throw new VdaError(
      'unsupported',
      `Device '${device}' could not be opened by ONNX Runtime: ${messageOf(error)}. Use --device cpu, or install the libraries that device needs.`,
      { cause: error },
    );
  }
}
