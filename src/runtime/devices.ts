/** Where programs run in Node: `cpu`, or an execution provider of onnxruntime-node whose libraries are present. */
export const nodeDevices = ['cpu', 'cuda', 'webgpu'] as const;
/** A device of Node, by the name of its execution provider. */
export type NodeDevice = (typeof nodeDevices)[number];

/** Where programs run in a browser: execution providers of onnxruntime-web, by its names. */
export const webDevices = ['wasm', 'webgpu'] as const;

/** ONNX Runtime's operators that a device has no kernel for, and that ops therefore write by others; the rest of what it lacks
 * (OneHot, Sign: of trainings alone) runs on the processor. */
export const operatorsLacking: Readonly<Partial<Record<Device, readonly string[]>>> = {
  webgpu: ['FusedMatMul', 'LogSoftmax'],
};

/** What computes, by the name of its execution provider. */
export type Device = NodeDevice | (typeof webDevices)[number];
