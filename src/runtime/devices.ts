/** Where programs run in Node: `cpu`, or an execution provider of onnxruntime-node whose libraries are present. */
export const nodeDevices = ['cpu', 'cuda', 'webgpu'] as const;
export type NodeDevice = (typeof nodeDevices)[number];

/** Where programs run in a browser: execution providers of onnxruntime-web, by its names. */
export const webDevices = ['wasm', 'webgpu'] as const;

export type Device = NodeDevice | (typeof webDevices)[number];
