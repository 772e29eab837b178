import type { DataOf, DType, Tensor } from '../base/tensor.ts';
import { formatShape } from '../graph/shape.ts';
import type { Output, Session } from './runtime.ts';

/** A tensor of ONNX Runtime's JavaScript interface (onnxruntime-common), which its builds for Node and for browsers share. */
export interface OrtTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** The part of that interface's session that programs use. */
export interface OrtSession {
  run(
    feeds: Readonly<Record<string, never>>,
    fetches: Readonly<Record<string, never>>,
    options: typeof silent,
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** Its constructor of tensors. */
export type OrtTensorConstructor = new (type: DType, data: never, dims: readonly number[]) => OrtTensor;

/** What goes wrong is thrown: nothing is printed. */
export const silent = { logSeverityLevel: 4 } as const;
/** {@link silent}, of a process. */
export const silentLevel = 'fatal';

/** Options of its sessions, wherever they are. */
export const ortSessionOptions = {
  // Shapes change from batch to batch, so a memory plan made for one of them would be thrown away.
  enableMemPattern: false,
  graphOptimizationLevel: 'all',
  ...silent,
} as const;

/** A session of ONNX Runtime's JavaScript interface as programs see it. */
export function ortSession(session: OrtSession, Constructor: OrtTensorConstructor): Session {
  const toOrt = ({ dtype, shape, data }: Tensor) => new Constructor(dtype, data as never, shape) as never;
  return {
    run: async (inputs, outputs) => {
      const fetches = mapped(outputs, ({ data, ...type }) =>
        data ? toOrt({ ...type, data }) : (null as never),
      );
      const results = await session.run(mapped(inputs, toOrt), fetches, silent);
      return mapped(outputs, (output, name) => resultOf(output, { name, result: results[name]! }));
    },
    release: () => session.release(),
  };
}

const mapped = <T, U>(values: Readonly<Record<string, T>>, f: (value: T, name: string) => U) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, f(value, name)]));

function resultOf(output: Output, p: { readonly name: string; readonly result: OrtTensor }): Tensor {
  const { dims, data } = p.result;
  if (dims.join() !== output.shape.join()) {
    throw new Error(`output '${p.name}' is ${formatShape(dims)}, expected ${formatShape(output.shape)}`);
  }
  return output.data ? (output as Tensor) : { ...output, data: data as DataOf<DType> };
}
