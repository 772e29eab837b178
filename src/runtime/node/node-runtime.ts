import { availableParallelism } from 'node:os';
import { contentHash } from '../../files/content-hash.ts';
import { nodeDevices } from '../devices.ts';
import type { Runtime } from '../runtime.ts';
import { openSession } from './session.ts';

/** Node: ONNX Runtime's native library, in this process or in worker processes beside it. */
export const nodeRuntime: Runtime = {
  devices: nodeDevices,
  parallelism: availableParallelism,
  contentHash,
  openSession,
};
