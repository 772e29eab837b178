import { argument, messageOf, VdaError } from '../../base/error.ts';
import type { SettingRules } from '../../base/setting-rules.ts';
import type { Tensor } from '../../base/tensor.ts';
import { openBindingSession } from './binding-session.ts';
import { nativeRuntime, openNativeSession } from './native-session.ts';

/** Where programs run: `cpu`, or a provider of ONNX Runtime whose libraries are present. */
export const devices = ['cpu', 'cuda', 'webgpu'] as const;
export type Device = (typeof devices)[number];

export interface RuntimeOptions {
  /** `cpu` unless told. */
  readonly device?: Device;
  /** Threads inside an operator; ONNX Runtime's own choice (the physical cores) unless told. */
  readonly numThreads?: number;
}

/** What {@link RuntimeOptions} may be. */
export const runtimeRules = {
  device: { kind: 'choice', choices: devices, optional: true },
  numThreads: { kind: 'integer', min: 1, optional: true },
} as const satisfies SettingRules;

export interface SessionOptions extends RuntimeOptions {
  /**
   * Calls that run side by side, each with its share of the threads (on the CPU alone); outputs into buffers of the caller need
   * one. Default 1.
   */
  readonly lanes?: number;
  /** Told, once each, that a process with one of these lanes ended, and that none is left, so that this one goes on alone. */
  readonly onRemark?: ((remark: string) => void) | undefined;
}

/** An output to work out: its type and shape, and where to write it if not to a new tensor. */
export type Output = Pick<Tensor, 'dtype' | 'shape'> & Partial<Pick<Tensor, 'data'>>;

/** An ONNX model, opened to run. */
export interface Session {
  /** @throws Error what ONNX Runtime says */
  run(
    inputs: Readonly<Record<string, Tensor>>,
    outputs: Readonly<Record<string, Output>>,
  ): Promise<Readonly<Record<string, Tensor>>>;
  release(): Promise<void>;
}

/**
 * Opens a session. On the CPU and in this process it is one of ONNX Runtime's C interface, which writes outputs where
 * they are wanted; where that can't be had, and for other devices, one of the Node binding, which copies them: the same
 * numbers, later.
 *
 * @param model gives the model's bytes; asked again where a process beside this one is replaced
 * @throws VdaError `unsupported` when the device can't be had, `internal` when the model is refused.
 */
export async function openSession(model: () => Uint8Array, options: SessionOptions): Promise<Session> {
  const { device = 'cpu', numThreads, lanes = 1 } = options;
  const ort = device === 'cpu' && lanes === 1 ? await nativeRuntime() : undefined;
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
