import { fillNormal, type RandomStream } from '../base/random.ts';

/** A symmetric matrix by its entries other than 0: row i has `values[k]` in `columns[k]` for starts[i] ≤ k < starts[i + 1]. */
export interface SparseSymmetric {
  readonly size: number;
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

export interface Subspace {
  /** Orthonormal columns, row-major `[size, count]`, the one of the largest eigenvalue first. */
  readonly vectors: Float32Array;
  /** |eigenvalue| of each column. Beyond the rank it is 0 or what rounding leaves, and the column points anywhere. */
  readonly magnitudes: Float64Array;
}

/**
 * The eigenvectors of largest |eigenvalue|, approximately, by orthogonal iteration from random columns:
 *
 *     Q₀ ~ N(0, 1),   Qₜ·Rₜ = M·Qₜ₋₁,   |λ| ≈ diag R
 *
 * Columns whose eigenvalues lie close together are a rotation of theirs: their span and the magnitudes are what to rely on.
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., §8.2.4.
 */
export function leadingSubspace(
  matrix: SparseSymmetric,
  p: { readonly count: number; readonly iterations: number; readonly stream: RandomStream },
): Subspace {
  const { size } = matrix;
  const start = new Float32Array(size * p.count);
  fillNormal(start, { stream: p.stream, std: 1 });
  let found: Subspace = orthonormalize(start, { size, count: p.count });
  for (let i = 0; i < p.iterations; i++) {
    found = orthonormalize(times(matrix, found.vectors, p.count), { size, count: p.count });
  }
  return found;
}

/** M·Q, row-major `[size, count]`. */
function times({ size, starts, columns, values }: SparseSymmetric, q: Float32Array, count: number) {
  const product = new Float32Array(size * count);
  for (let row = 0; row < size; row++) {
    const out = product.subarray(row * count, (row + 1) * count);
    for (let k = starts[row]!; k < starts[row + 1]!; k++) {
      const value = values[k]!;
      const from = columns[k]! * count;
      for (let j = 0; j < count; j++) out[j]! += value * q[from + j]!;
    }
  }
  return product;
}

/** Modified Gram-Schmidt in float64: the columns made orthonormal, and the length each had left. */
function orthonormalize(
  matrix: Float32Array,
  { size, count }: { readonly size: number; readonly count: number },
): Subspace {
  const columns = Array.from({ length: count }, (_, j) =>
    Float64Array.from({ length: size }, (_, i) => matrix[i * count + j]!),
  );
  const magnitudes = new Float64Array(count);
  for (const [j, column] of columns.entries()) {
    for (let before = 0; before < j; before++) {
      const other = columns[before]!;
      const along = dot(other, column);
      for (let i = 0; i < size; i++) column[i]! -= along * other[i]!;
    }
    const length = Math.sqrt(dot(column, column));
    magnitudes[j] = length;
    // A matrix of lower rank leaves rounding of its last columns, which becomes unit too, or nothing, which stays zero.
    if (length > 0) for (let i = 0; i < size; i++) column[i]! /= length;
  }
  const vectors = new Float32Array(size * count);
  for (const [j, column] of columns.entries()) {
    for (let i = 0; i < size; i++) vectors[i * count + j] = column[i]!;
  }
  return { vectors, magnitudes };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
