import type { InferenceSession } from 'onnxruntime-node';
import type { DataOf, DType, Tensor } from '../../base/tensor.ts';
import { formatShape } from '../../graph/shape.ts';
import type { Session, SessionOptions } from '../runtime.ts';
import { openWorkerProcesses } from './worker-processes.ts';

/** Opens a session of onnxruntime-node, or of worker processes with one each. */
export async function openBindingSession(
  model: () => Uint8Array,
  { device = 'cpu', numThreads, workerProcesses = 1, onRemark }: SessionOptions,
): Promise<Session> {
  const ort = await import('onnxruntime-node');
  const options: InferenceSession.SessionOptions = {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    // Shapes change from batch to batch, so a memory plan made for one of them would be thrown away.
    enableMemPattern: false,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4, // what goes wrong is thrown
    ...(numThreads ? { intraOpNumThreads: Math.max(1, Math.floor(numThreads / workerProcesses)) } : {}),
  };
  const session =
    workerProcesses > 1
      ? await openWorkerProcesses(model, {
          ...options,
          count: workerProcesses,
          threadsAlone: numThreads,
          onRemark,
        })
      : await ort.InferenceSession.create(model(), options);
  const toOrt = ({ dtype, shape, data }: Tensor) => new ort.Tensor(dtype, data, shape as number[]);
  const mapped = <T, U>(values: Readonly<Record<string, T>>, f: (value: T) => U) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, f(value)]));

  return {
    run: async (inputs, outputs) => {
      const fetches = mapped(outputs, ({ data, ...type }) => (data ? toOrt({ ...type, data }) : null));
      const results = await session.run(mapped(inputs, toOrt), fetches, { logSeverityLevel: 4 });
      return Object.fromEntries(
        Object.entries(outputs).map(([name, output]) => {
          const { dims, data } = results[name]!;
          if (dims.join() !== output.shape.join())
            throw new Error(
              `output '${name}' is ${formatShape(dims)}, expected ${formatShape(output.shape)}`,
            );
          return [name, output.data ? (output as Tensor) : { ...output, data: data as DataOf<DType> }];
        }),
      );
    },
    release: () => session.release(),
  };
}
