import type { InferenceSession } from 'onnxruntime-node';
import { ortSession, ortSessionOptions, silentLevel } from '../ort-session.ts';
import type { Session, SessionOptions } from '../runtime.ts';
import { openWorkerProcesses } from './worker-processes.ts';

/** Opens a session of onnxruntime-node, or of worker processes with one each. */
export async function openBindingSession(
  model: () => Uint8Array,
  { device = 'cpu', numThreads, workerProcesses = 1, onRemark }: SessionOptions,
): Promise<Session> {
  const ort = await import('onnxruntime-node');
  ort.env.logLevel = silentLevel; // kernels of GPUs warn through the process's logger, whatever a session's options say
  const options: InferenceSession.SessionOptions = {
    ...ortSessionOptions,
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    ...(numThreads ? { intraOpNumThreads: Math.max(1, Math.floor(numThreads / workerProcesses)) } : {}),
  };
  const session =
    workerProcesses > 1
      ? await openWorkerProcesses(model, {
          ...{ ...options, count: workerProcesses },
          ...{ threadsAlone: numThreads, onRemark },
        })
      : await ort.InferenceSession.create(model(), options);
  return ortSession(session, ort.Tensor);
}
