import { VdaError } from '../base/error.ts';
import { arrayOf, type DataOf, type DType, sizeOf, type Tensor, tensor } from '../base/tensor.ts';
import { instantiateKernels, type Kernels } from './kernels.ts';
import { maxMemoryBytes, reserveMemory, type WasmMemory } from './webassembly.ts';

/** A tensor in an arena and where it lies. */
export interface Allocation<D extends DType> {
  readonly tensor: Tensor<D>;
  /** Bytes from the start of the arena's memory, a multiple of {@link arenaAlignment}. */
  readonly offset: number;
}

/** One block of memory of fixed size that graphs, kernels and plain code work on without copies. */
export interface Arena {
  readonly memory: WasmMemory;
  readonly kernels: Kernels;
  /** Capacity in bytes, a whole number of pages. */
  readonly bytes: number;
  /** Bytes taken so far. */
  used(): number;
  /**
   * The next free room, as a view filled with zeros.
   * @throws VdaError `internal` when the arena is full
   */
  allocate<D extends DType>(dtype: D, shape: readonly number[]): Allocation<D>;
}

/** Every allocation starts on a cache line, which is also what ONNX Runtime's kernels like best. */
const arenaAlignment = 64;

/** The smallest multiple of the alignment that holds this many bytes. */
export const alignBytes = (bytes: number): number => Math.ceil(bytes / arenaAlignment) * arenaAlignment;

/**
 * Makes an arena. It never grows: growing would detach every view.
 * @param bytes wanted capacity, at most {@link maxMemoryBytes}; rounded up to whole pages
 * @throws VdaError `unsupported` when it is more than one memory can hold, or more than the system gives
 */
export function createArena({ bytes }: { readonly bytes: number }): Arena {
  if (!(bytes <= maxMemoryBytes)) {
    throw new VdaError(
      'unsupported',
      `arena: one block of memory holds at most ${maxMemoryBytes} bytes, ${bytes} were asked for. ` +
        'Spread the data over several arenas, as createArenaStore does.',
    );
  }
  const memory = reserveMemory({
    bytes,
    owner: 'arena',
    advice:
      'Use a smaller model or a machine with more memory, or raise the limit on address space (ulimit -v).',
  });
  const capacity = memory.buffer.byteLength;
  let next = 0;

  const allocate = <D extends DType>(dtype: D, shape: readonly number[]): Allocation<D> => {
    const ArrayType = arrayOf[dtype];
    const length = sizeOf(shape);
    const offset = next;
    const end = offset + alignBytes(length * ArrayType.BYTES_PER_ELEMENT);
    if (end > capacity) {
      throw new VdaError(
        'internal',
        `arena: no room for ${dtype} [${shape.join(', ')}]: ${end} bytes needed in all, capacity ${capacity}`,
      );
    }
    next = end;
    return {
      tensor: tensor(dtype, shape, new ArrayType(memory.buffer, offset, length) as DataOf<D>),
      offset,
    };
  };
  return {
    memory,
    kernels: instantiateKernels(memory),
    bytes: capacity,
    used: () => next,
    allocate,
  };
}
