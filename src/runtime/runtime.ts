import type { SettingRules } from '../base/setting-rules.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Device } from './devices.ts';

/** Which device computes, with how many threads. */
export interface RuntimeOptions {
  /** The runtime's first unless told: `cpu` in Node. */
  readonly device?: Device;
  /** Threads inside an operator; ONNX Runtime's own choice (the physical cores) unless told. */
  readonly numThreads?: number;
}

/** What {@link RuntimeOptions} may be on a runtime with these devices. */
export const runtimeRules = (devices: readonly Device[]) =>
  ({
    device: { kind: 'choice', choices: devices, optional: true },
    numThreads: { kind: 'integer', min: 1, optional: true },
  }) as const satisfies SettingRules;

/** How one model is opened: its device, and worker processes beside this one. */
export interface SessionOptions extends RuntimeOptions {
  /**
   * Worker processes that calls are spread over, each with its share of the threads (on the CPU alone); outputs into buffers
   * of the caller need 1, which is this process. Default 1.
   */
  readonly workerProcesses?: number;
  /** Told, once each, that a worker process ended, and that none is left, so that this process goes on alone. */
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

/** What programs need of the place they run in: Node (`node/`) or a browser (`web/`). */
export interface Runtime {
  /** Where it runs programs, its default first. */
  readonly devices: readonly [Device, ...Device[]];
  /** Threads that this machine runs side by side; 1 where there are no worker processes. */
  readonly parallelism: () => number;
  /** SHA-256 of a text (as UTF-8) or of bytes, hex. */
  readonly contentHash: (content: string | Uint8Array) => string;
  /**
   * Opens a session.
   * @param model gives the model's bytes; asked again where a worker process is replaced
   * @throws VdaError `unsupported` when the device can't be had, `internal` when the model is refused
   */
  readonly openSession: (model: () => Uint8Array, options: SessionOptions) => Promise<Session>;
}
