import { listSupportedBackends } from 'onnxruntime-node';

/** A device that this build of ONNX Runtime knows; whether a GPU answers is seen only when a session is made. */
export interface Backend {
  readonly name: string;
  /** Ships with the package; else its libraries must be found on the machine. */
  readonly bundled: boolean;
}

/** The devices of this build of ONNX Runtime. */
export const backends = (): readonly Backend[] =>
  listSupportedBackends().map(({ name, bundled }) => ({ name, bundled }));
