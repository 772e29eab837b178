import { VdaError } from '../base/error.ts';
import type { RandomKey } from '../base/random.ts';
import { kernelsWasm } from './kernels-wasm.ts';
import { type WasmMemory, webAssembly } from './webassembly.ts';

/** A run of float32 in the kernels' memory. */
export interface Span {
  /** Byte offset of the first element. */
  readonly offset: number;
  /** Number of elements. */
  readonly length: number;
}

/** Arguments of {@link Kernels.adamwStep}. */
export interface AdamwKernelOptions {
  /** Byte offset of the weights w. */
  readonly weights: number;
  /** Byte offset of the gradients g. */
  readonly gradients: number;
  /** Byte offset of the first moments m. */
  readonly firstMoments: number;
  /** Byte offset of the second moments v. */
  readonly secondMoments: number;
  /** Number of elements of each. */
  readonly length: number;
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** 1 − β₁ᵗ at step t = 1, 2, … */
  readonly biasCorrection1: number;
  /** 1 − β₂ᵗ. */
  readonly biasCorrection2: number;
  /** The gradients are multiplied by this first. */
  readonly gradientScale: number;
  /** Set the gradients to 0 after use. */
  readonly zeroGradients: boolean;
}

/** Where a matrix of random numbers goes and what it belongs to. */
export interface RandomMatrixOptions {
  /** Byte offset of the first element. */
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly key: RandomKey;
  /** Id of row 0; row r has id `firstRow + r` (mod 2³²), the stream's `a`. */
  readonly firstRow?: number;
  /** The stream's `b` and `c`, 0 when left out. */
  readonly b?: number;
  readonly c?: number;
}

/** Arguments of the dropout masks. */
export interface DropoutOptions extends RandomMatrixOptions {
  /** Probability of dropping, in [0, 1); rounded to a multiple of 2⁻¹⁶ by {@link dropoutThreshold}. */
  readonly probability: number;
}

/** SIMD kernels bound to one memory; all offsets are bytes from its start. */
export interface Kernels {
  /**
   * One AdamW step with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2, in PyTorch's form):
   *
   *     g ← gradientScale·g,   w ← (1 − lr·weightDecay)·w
   *     m ← m + (1 − β₁)(g − m),   v ← β₂v + (1 − β₂)g²
   *     w ← w − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
   */
  adamwStep(options: AdamwKernelOptions): void;
  /** Σ x², summed in float64. */
  sumOfSquares(span: Span): number;
  /**
   * Writes uint8 `[rows, columns]`: 1 kept, 0 dropped. Element (r, j) is kept when 16-bit lane j of the row's
   * stream is at least the threshold; lane j is half j mod 2 (low first) of word ⌊j/2⌋. It depends on the key, the
   * ids and j alone, not on how many rows and columns are asked for together.
   */
  dropoutMask(options: DropoutOptions): void;
  /**
   * Writes float32 `[rows, columns]`: element (r, j) is `std` times normal j of the row's stream
   * (`nextNormal` of `randomStream(key, { a: firstRow + r, b, c })`), within 10⁻⁵·std. It depends on the key, the
   * ids and j alone.
   */
  fillNormal(options: RandomMatrixOptions & { readonly std: number }): void;
}

/**
 * The smallest 16-bit lane that is kept: p·2¹⁶, rounded. The probability in effect is this over 2¹⁶.
 * @throws VdaError `usage` when p is outside [0, 1) or rounds to 1
 */
export function dropoutThreshold(probability: number): number {
  const threshold = Math.round(probability * 65536);
  if (!(probability >= 0 && threshold < 65536)) {
    throw new VdaError(
      'usage',
      `dropout: the probability must be at least 0 and below 1, got ${probability}.`,
    );
  }
  return threshold;
}

/** The exports of kernels/assembly, as compiled: flags are 0 or 1. */
interface RawKernels {
  readonly adamwStep: (...numbers: readonly number[]) => void;
  readonly sumOfSquares: (x: number, n: number) => number;
  readonly dropoutMaskU8: (...numbers: readonly number[]) => void;
  readonly fillNormal: (...numbers: readonly number[]) => void;
}

/**
 * Binds the kernels to a memory. They own none of it: every byte they touch is named by the caller.
 * Addresses outside of the memory throw WebAssembly's RuntimeError.
 * @param memory unshared, made with a maximum of at most 65,536 pages
 */
export function instantiateKernels(memory: WasmMemory): Kernels {
  const module = new webAssembly.Module(Uint8Array.from(atob(kernelsWasm), (c) => c.charCodeAt(0)));
  const raw = new webAssembly.Instance(module, { env: { memory } }).exports as unknown as RawKernels;
  const ids = ({ key, firstRow = 0, b = 0, c = 0 }: RandomMatrixOptions) => [...key, firstRow, b, c];
  return {
    adamwStep: (o) =>
      raw.adamwStep(
        ...[o.weights, o.gradients, o.firstMoments, o.secondMoments, o.length],
        ...[o.lr, o.beta1, o.beta2, o.eps, o.weightDecay],
        ...[o.biasCorrection1, o.biasCorrection2, o.gradientScale, Number(o.zeroGradients)],
      ),
    sumOfSquares: ({ offset, length }) => raw.sumOfSquares(offset, length),
    dropoutMask: (o) =>
      raw.dropoutMaskU8(o.offset, o.rows, o.columns, dropoutThreshold(o.probability), ...ids(o)),
    fillNormal: (o) => raw.fillNormal(o.offset, o.rows, o.columns, o.std, ...ids(o)),
  };
}
