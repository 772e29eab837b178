import { describe, expect, it } from 'vitest';
import { randomKey, randomStream } from '../../src/base/random.ts';
import { leadingSubspace, type SparseSymmetric } from '../../src/pretraining/leading-subspace.ts';

/** A dense table as its entries other than 0. */
function sparse(rows: readonly (readonly number[])[]): SparseSymmetric {
  const entries = rows.map((row) => row.flatMap((value, column) => (value === 0 ? [] : [{ column, value }])));
  const starts = new Uint32Array(rows.length + 1);
  entries.forEach((row, i) => {
    starts[i + 1] = starts[i]! + row.length;
  });
  const flat = entries.flat();
  return {
    ...{ size: rows.length, starts },
    columns: Uint32Array.from(flat, ({ column }) => column),
    values: Float32Array.from(flat, ({ value }) => value),
  };
}

const stream = () => randomStream(randomKey(1, 'test'));

describe('leadingSubspace', () => {
  it('finds the eigenvectors of a matrix that are known', () => {
    // Eigenvalues 6 and −2 in the first two rows, on (1, 1)/√2 and (1, −1)/√2; 1 in the third, apart.
    const matrix = sparse([
      [2, 4, 0],
      [4, 2, 0],
      [0, 0, 1],
    ]);
    const { vectors, magnitudes } = leadingSubspace(matrix, { count: 2, iterations: 40, stream: stream() });
    expect(magnitudes[0]).toBeCloseTo(6, 4);
    expect(magnitudes[1]).toBeCloseTo(2, 4);
    const column = (j: number) => [0, 1, 2].map((i) => vectors[i * 2 + j]! * Math.sign(vectors[j]!));
    [Math.SQRT1_2, Math.SQRT1_2, 0].forEach((x, i) => {
      expect(column(0)[i]).toBeCloseTo(x, 4);
    });
    [Math.SQRT1_2, -Math.SQRT1_2, 0].forEach((x, i) => {
      expect(column(1)[i]).toBeCloseTo(x, 4);
    });
  });

  it('gives columns beyond the rank a magnitude that says so', () => {
    // u·uᵀ with eigenvalue u·u. Float32 products are right to 6e-8 each; a few of them are summed.
    const u = [0.3, 0.7, 1.1];
    const matrix = sparse(u.map((a) => u.map((b) => a * b)));
    const { vectors, magnitudes } = leadingSubspace(matrix, { count: 2, iterations: 5, stream: stream() });
    expect(magnitudes[0]).toBeCloseTo(0.09 + 0.49 + 1.21, 5);
    expect(magnitudes[1]! / magnitudes[0]!).toBeLessThan(1e-6);
    const lengths = [0, 1].map((j) => Math.hypot(...[0, 1, 2].map((i) => vectors[i * 2 + j]!)));
    for (const length of lengths) expect(length).toBeCloseTo(1, 6);
  });

  it('leaves a column of which nothing is left at zero, and gives the same numbers for the same stream', () => {
    const matrix = sparse([
      [3, 0],
      [0, 0],
    ]);
    const find = () => leadingSubspace(matrix, { count: 2, iterations: 3, stream: stream() });
    const { vectors, magnitudes } = find();
    expect(magnitudes[0]).toBeCloseTo(3, 5);
    expect(magnitudes[1]).toBe(0);
    expect([...vectors].map(Math.abs)).toEqual([1, 0, 0, 0]);
    expect(find()).toEqual({ vectors, magnitudes });
  });
});
