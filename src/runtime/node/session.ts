import { argument, messageOf, VdaError } from '../../base/error.ts';
import type { Session, SessionOptions } from '../runtime.ts';
import { openBindingSession } from './binding-session.ts';
import { nativeRuntime, openNativeSession } from './native-session.ts';

/**
 * Opens a session. On the CPU and in this process it is one of ONNX Runtime's C interface, which writes outputs where
 * they are wanted; where that can't be had, and for other devices, one of the Node binding, which copies them: the same
 * numbers, later.
 *
 * @param model gives the model's bytes; asked again where a worker process is replaced
 * @throws VdaError `unsupported` when the device can't be had, `internal` when the model is refused.
 */
export async function openSession(model: () => Uint8Array, options: SessionOptions): Promise<Session> {
  const { device = 'cpu', numThreads, workerProcesses = 1 } = options;
  const ort = device === 'cpu' && workerProcesses === 1 ? await nativeRuntime() : undefined;
  try {
    return ort
      ? openNativeSession(ort, { model: model(), numThreads })
      : await openBindingSession(model, options);
  } catch (error) {
    if (device === 'cpu') {
      throw new VdaError('internal', `ONNX Runtime refused a generated model: ${messageOf(error)}`, {
        cause: error,
      });
    }
    throw new VdaError(
      'unsupported',
      `Device '${device}' could not be opened by ONNX Runtime: ${messageOf(error)}. Use ${argument('device')} cpu, or install the libraries that device needs.`,
      { cause: error },
    );
  }
}
