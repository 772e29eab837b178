import { messageOf, VdaError } from '../base/error.ts';
import type { ResidentTensor } from '../base/resident-tensor.ts';
import type { Tensor } from '../base/tensor.ts';
import { emitModel } from '../graph/emit-model.ts';
import type { EmittedModel } from '../graph/emitter.ts';
import { input } from '../graph/ops/input.ts';
import { evaluateDim, factorsOf, formatShape } from '../graph/shape.ts';
import type { Value, ValueType } from '../graph/value.ts';
import { operatorsLacking } from './devices.ts';
import type { Output, Runtime, Session, SessionOptions } from './runtime.ts';
import { flatten, mapTree, type Tree } from './tree.ts';

export type { Device } from './devices.ts';
export type { RuntimeOptions } from './runtime.ts';

type ValueSpec = EmittedModel['inputs'][number];
type ValueTree = Tree<Value>;
/** Types of what a program is fed with. */
export type Specs = { readonly [name: string]: Tree<ValueType> };

/** The tree of values that a tree of specs is traced with. */
export type Traced<S> = S extends ValueType ? Value : { readonly [K in keyof S]: Traced<S[K]> };
/** A tensor of the host, or one that its owner keeps: the runtimes there are take those that lie in the host's memory. */
export type Feed = Tensor | ResidentTensor;
/** The tree of tensors that a tree of specs is fed with. */
export type Fed<S> = S extends ValueType ? Feed : { readonly [K in keyof S]: Fed<S[K]> };
/** The tree of tensors that comes out of a tree of values. */
export type Results<R> = R extends Value ? Tensor : { readonly [K in keyof R]: Results<R[K]> };

export interface RunOptions {
  /**
   * Buffers for some outputs, by the outputs' tree; they are written in place, and may be the buffers of inputs that
   * the outputs were accumulated from.
   */
  readonly into?: Tree<Feed>;
  /** Inputs that tracing made beside the specs, by name (dropout masks). */
  readonly extra?: Readonly<Record<string, Tensor>>;
}

/** A compiled program. */
export interface Program<S extends Specs, R> {
  /** Runs it. @throws VdaError `internal` when an input is missing, or a tensor has another type or shape than its spec. */
  run(inputs: Fed<S>, options?: RunOptions): Promise<Results<R>>;
  release(): Promise<void>;
}

const isType = (node: unknown): node is ValueType =>
  typeof node === 'object' && node !== null && Array.isArray((node as ValueType).shape);
const isValue = (node: unknown): node is Value => isType(node) && 'node' in node;
const isTensor = (node: unknown): node is Tensor => isType(node) && 'data' in node;

export interface CompileOptions extends SessionOptions {
  /** What opens the session. */
  readonly runtime: Runtime;
}

/**
 * Traces `program` on symbolic inputs, writes it as an ONNX model and opens one session for it. Dimensions given by
 * name (`'batch'`) may differ from run to run.
 *
 * @throws VdaError `unsupported` when the device can't be had, `internal` when the model is refused.
 */
export async function compile<S extends Specs, R extends ValueTree>(
  program: (inputs: Traced<S>) => R,
  specs: S,
  { runtime, ...options }: CompileOptions,
): Promise<Program<S, R>> {
  const traced = program(
    mapTree<ValueType, Value>(specs, isType, (type, path) => input(path, type)) as Traced<S>,
  );
  const outputs = Object.fromEntries(flatten<Value>(traced, isValue));
  const model = emitModel(prefixed(outputs), {
    lacks: operatorsLacking[options.device ?? runtime.devices[0]] ?? [],
  });
  const { encodeModel } = await import('../onnx/encode-model.ts'); // help and lists of options reach this file
  const session = await runtime.openSession(() => encodeModel(model), options);
  let released = false;

  return {
    run: async (inputs, { into, extra = {} } = {}) => {
      if (released) throw new VdaError('internal', 'run: the program was released before');
      const fed = new Map([...flatten<Tensor>(inputs as Tree<Tensor>, isTensor), ...Object.entries(extra)]);
      const bindings = new Map<string, number>();
      const feeds: Record<string, Tensor> = {};
      for (const spec of model.inputs) {
        const value = fed.get(spec.name);
        if (!value) throw new VdaError('internal', `run: input '${spec.name}' was not fed`);
        bindShape(`input '${spec.name}'`, { spec, value, bindings });
        feeds[spec.name] = value;
      }
      const buffers = new Map(into ? flatten<Tensor>(into as Tree<Tensor>, isTensor) : []);
      const wanted: Record<string, Output> = {};
      for (const spec of model.outputs) {
        const path = spec.name.slice(outputPrefix.length);
        const value = buffers.get(path);
        if (value) bindShape(`the buffer for output '${path}'`, { spec, value, bindings });
        wanted[spec.name] = value ?? {
          dtype: spec.dtype,
          shape: spec.shape.map((dim) => evaluateDim(dim, bindings)),
        };
      }
      for (const path of buffers.keys()) {
        if (!(outputPrefix + path in wanted)) {
          throw new VdaError(
            'internal',
            `run: a buffer is given for '${path}', which is no output of the program`,
          );
        }
      }
      const results = await runSession(session, { feeds, wanted });
      return mapTree<Value, Tensor>(
        traced,
        isValue,
        (_, path) => results[outputPrefix + path]!,
      ) as Results<R>;
    },
    release: async () => {
      if (released) return;
      released = true;
      await session.release();
    },
  };
}

/** Keeps outputs apart from inputs of the same path (gradients that accumulate in place are both). */
const outputPrefix = 'out:';
const prefixed = (outputs: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(outputs).map(([name, value]) => [outputPrefix + name, value]));

/** Holds a tensor against its spec; symbols that have no size yet get theirs from it. */
function bindShape(
  what: string,
  p: { readonly spec: ValueSpec; readonly value: Tensor; readonly bindings: Map<string, number> },
): void {
  const { spec, value, bindings } = p;
  const fits =
    value.dtype === spec.dtype &&
    value.shape.length === spec.shape.length &&
    spec.shape.every((dim, i) => {
      const size = value.shape[i]!;
      const { coefficient, symbols } = factorsOf(dim);
      if (symbols.length === 1 && coefficient === 1 && !bindings.has(symbols[0]!))
        bindings.set(symbols[0]!, size);
      return symbols.some((s) => !bindings.has(s)) || evaluateDim(dim, bindings) === size;
    });
  if (!fits) {
    const sizes = [...bindings].map(([symbol, size]) => `${symbol} = ${size}`).join(', ');
    throw new VdaError(
      'internal',
      `run: ${what} is ${value.dtype} ${formatShape(value.shape)}, expected ${spec.dtype} ${formatShape(spec.shape)}${sizes && ` with ${sizes}`}`,
    );
  }
}

async function runSession(
  session: Session,
  p: { readonly feeds: Record<string, Tensor>; readonly wanted: Record<string, Output> },
): Promise<Readonly<Record<string, Tensor>>> {
  try {
    return await session.run(p.feeds, p.wanted);
  } catch (error) {
    throw new VdaError('internal', `run: ONNX Runtime could not run the program: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
