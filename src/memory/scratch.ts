import { argument, VdaError } from '../base/error.ts';
import { instantiateKernels, type Kernels } from './kernels.ts';
import { maxMemoryBytes, reserveMemory } from './webassembly.ts';

export interface Scratch {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

/**
 * Memory for a step's random numbers: give a size, get at least that much, the same memory while it suffices. When it
 * doesn't, a new one is made rather than the old one grown: growing would cut off views that a session may still hold.
 * A quarter is added, so that batches of slowly growing length don't each take a new one.
 * @throws VdaError `unsupported` when it is more than one memory can hold, or more than the system gives
 */
export function createScratch(): (bytes: number) => Scratch {
  let current: Scratch | undefined;
  return (bytes) => {
    if (!current || current.buffer.byteLength < bytes) {
      if (bytes > maxMemoryBytes) {
        throw new VdaError(
          'unsupported',
          `The random numbers of one batch take ${bytes} bytes; one block of memory holds at most ${maxMemoryBytes}. ${advice}`,
        );
      }
      const wanted = Math.min(1.25 * bytes, maxMemoryBytes);
      const memory = reserveMemory({ bytes: wanted, owner: 'random numbers of a batch', advice });
      current = { kernels: instantiateKernels(memory), buffer: memory.buffer };
    }
    return current;
  };
}

const advice = `Lower ${argument('perDeviceTrainBatchSize')} (and raise ${argument('gradientAccumulationSteps')}), or ${argument('numVirtual')}.`;
