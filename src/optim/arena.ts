import { VdaError } from '../base/error.ts';
import { arrayOf, type DataOf, type DType, sizeOf, type Tensor, tensor } from '../base/tensor.ts';
import { instantiateKernels, type Kernels } from './kernels.ts';
import { pageBytes, type WasmMemory, webAssembly } from './webassembly.ts';

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
  /** Bytes taken so far; also a mark that {@link Arena.rewind} understands. */
  used(): number;
  /**
   * The next free room, as a view. Filled with zeros unless it was used before a rewind.
   * @throws VdaError `internal` when the arena is full
   */
  allocate<D extends DType>(dtype: D, shape: readonly number[]): Allocation<D>;
  /** Frees all that was allocated after the mark; views of it must not be used any more. */
  rewind(mark: number): void;
}

/** Every allocation starts on a cache line, which is also what ONNX Runtime's kernels like best. */
export const arenaAlignment = 64;

/**
 * The most bytes of one arena: 4 GiB less one page. Leaving the last page out keeps every end address below 2³²,
 * so the kernels' 32-bit address arithmetic cannot wrap.
 */
export const maxArenaBytes = 65_535 * pageBytes;

/** The smallest multiple of the alignment that holds this many bytes. */
export const alignBytes = (bytes: number): number => Math.ceil(bytes / arenaAlignment) * arenaAlignment;

/**
 * Makes an arena. The system hands out its pages when they are first touched, so spare capacity costs nothing.
 * It never grows: growing would detach every view.
 * @param bytes wanted capacity, at most {@link maxArenaBytes}; rounded up to whole pages
 * @throws VdaError `unsupported` when it is more than one memory can hold, or more than the system gives
 */
export function createArena({ bytes }: { readonly bytes: number }): Arena {
  if (!(bytes <= maxArenaBytes)) {
    throw new VdaError(
      'unsupported',
      `arena: one block of memory holds at most ${maxArenaBytes} bytes, ${bytes} were asked for. ` +
        'Spread the data over several arenas, as createParameterStore does.',
    );
  }
  const pages = Math.max(1, Math.ceil(bytes / pageBytes));
  const memory = reserve(pages);
  let next = 0;

  const allocate = <D extends DType>(dtype: D, shape: readonly number[]): Allocation<D> => {
    const ArrayType = arrayOf[dtype];
    const length = sizeOf(shape);
    const offset = next;
    const end = offset + alignBytes(length * ArrayType.BYTES_PER_ELEMENT);
    if (end > pages * pageBytes) {
      throw new VdaError(
        'internal',
        `arena: no room for ${dtype} [${shape.join(', ')}]: ${end} bytes needed in all, capacity ${pages * pageBytes}`,
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
    bytes: pages * pageBytes,
    used: () => next,
    allocate,
    rewind: (mark) => {
      next = mark;
    },
  };
}

function reserve(pages: number): WasmMemory {
  try {
    return new webAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new VdaError(
      'unsupported',
      `arena: the system did not give ${Math.round((pages * pageBytes) / 2 ** 20)} MiB of memory in one block. ` +
        'Use a smaller model or a machine with more memory, or raise the limit on address space (ulimit -v).',
      { cause },
    );
  }
}
