import { instantiateKernels, type Kernels } from '../optim/kernels.ts';
import { pageBytes, webAssembly } from '../optim/webassembly.ts';

export interface Scratch {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

/**
 * Memory for a step's random numbers: give a size, get at least that much, the same memory while it suffices. When it
 * doesn't, a new one is made rather than the old one grown: growing would cut off views that a session may still hold.
 */
export function createScratch(): (bytes: number) => Scratch {
  let current: (Scratch & { readonly bytes: number }) | undefined;
  return (bytes) => {
    if (!current || current.bytes < bytes) {
      const pages = Math.ceil((bytes * 1.25) / pageBytes) + 1;
      const memory = new webAssembly.Memory({ initial: pages, maximum: pages });
      current = { kernels: instantiateKernels(memory), buffer: memory.buffer, bytes: pages * pageBytes };
    }
    return current;
  };
}
