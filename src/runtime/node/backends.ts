import { listSupportedBackends } from 'onnxruntime-node';
import { nativeRuntime } from './native-session.ts';

/** A device that this build of ONNX Runtime knows; whether a GPU answers is seen only when a session is made. */
export interface Backend {
  readonly name: string;
  /** Ships with the package; else its libraries must be found on the machine. */
  readonly bundled: boolean;
  /** What there is to say about it. */
  readonly note?: string;
}

/** The devices of this build of ONNX Runtime. */
export async function backends(): Promise<readonly Backend[]> {
  const direct = (await nativeRuntime()) !== undefined;
  return listSupportedBackends().map(({ name, bundled }) =>
    name === 'cpu' && !direct
      ? { name, bundled, note: 'koffi does not load: training takes longer' }
      : { name, bundled },
  );
}
