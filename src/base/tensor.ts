import { VdaError } from './error.ts';

/** Element types that cross between host and runtime. */
export const arrayOf = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** Name of an element type. */
export type DType = keyof typeof arrayOf;
/** The typed array that holds elements of a type. */
export type DataOf<D extends DType> = InstanceType<(typeof arrayOf)[D]>;

/** A dense, row-major tensor in host memory. `shape` `[]` is a scalar. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: DataOf<D>;
}

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

/**
 * Wraps (never copies) an array as a tensor.
 * @throws VdaError `internal` when the data's length is not the product of the shape.
 */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], data: DataOf<D>): Tensor<D> {
  if (data.length !== sizeOf(shape)) {
    throw new VdaError('internal', `tensor: ${data.length} elements do not fill shape [${shape.join(', ')}]`);
  }
  return { dtype, shape, data };
}

/** int64 tensor from plain numbers. */
export const int64Tensor = (shape: readonly number[], values: ArrayLike<number>): Tensor<'int64'> =>
  tensor(
    'int64',
    shape,
    BigInt64Array.from({ length: values.length }, (_, i) => BigInt(values[i]!)),
  );

/** float32 tensor from plain numbers. */
export const float32Tensor = (shape: readonly number[], values: ArrayLike<number>): Tensor<'float32'> =>
  tensor('float32', shape, Float32Array.from(values));
