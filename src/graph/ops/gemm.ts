import { int64Tensor } from '../../base/tensor.ts';
import { alike, floats } from '../element-types.ts';
import type { Emitter } from '../emitter.ts';
import { broadcastsTo, requireFit } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';
import { sumTo } from './broadcast.ts';

export interface GemmAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const flip = (x: Value, transposed: boolean) =>
  transposed ? [x.shape[1]!, x.shape[0]!] : [x.shape[0]!, x.shape[1]!];

/**
 * Matrix product of two matrices, with an optional addend.
 *
 *     y = op(a) · op(b) + c,   op(x) = x or xᵀ
 *     Ā = Ȳ·op(b)ᵀ  (transposed if a was),   B̄ = op(a)ᵀ·Ȳ  (transposed if b was),   C̄ = Σ Ȳ over broadcast axes
 *
 * Shapes: op(a) `[M, K]`, op(b) `[K, N]`, c broadcasts to `[M, N]`.
 * Source: ONNX Gemm-13 with α = β = 1.
 */
export const gemmOp: Op<GemmAttributes> = {
  name: 'gemm',
  types: alike(floats),
  infer: ([a, b, c], { transposeA, transposeB }) => {
    const [m, k] = flip(a!, transposeA);
    const [k2, n] = flip(b!, transposeB);
    const matrices = a!.shape.length === 2 && b!.shape.length === 2;
    requireFit(matrices && k === k2, { op: 'gemm', shapes: [a!.shape, b!.shape] });
    const shape = [m!, n!];
    if (c) requireFit(broadcastsTo(c.shape, shape), { op: 'gemm with an addend', shapes: [shape, c.shape] });
    return [{ shape, dtype: a!.dtype }];
  },
  emit: (emitter, [a, ...others], { attributes: { transposeA, transposeB } }) =>
    emitter.node('Gemm', [transposeA ? transposed(a!, emitter) : a!, ...others], {
      attributes: { transB: transposeB ? 1 : 0 },
    }),
  vjp: ({ inputs: [a, b, c], attributes: { transposeA, transposeB }, cotangent: dy }) => {
    const da = transposeA
      ? gemm(b!, dy, { transposeA: transposeB, transposeB: true })
      : gemm(dy, b!, { transposeB: !transposeB });
    const db = transposeB
      ? gemm(dy, a!, { transposeA: true, transposeB: transposeA })
      : gemm(a!, dy, { transposeA: !transposeA });
    return c ? [da, db, sumTo(dy, c.shape)] : [da, db];
  },
};

/**
 * Emits aᵀ. Gemm's transA would do, but ONNX Runtime's kernel then transposes the matrix again for each block of 128
 * columns, a tenth of the time of a weight's gradient. A third axis keeps the optimizer from folding it into Gemm.
 */
function transposed(a: string, emitter: Emitter): string {
  const [deep] = emitter.node('Unsqueeze', [a, emitter.constant(int64Tensor([1], [2]))]);
  const [turned] = emitter.node('Transpose', [deep!], { attributes: { perm: [1, 2, 0] } });
  return emitter.node('Squeeze', [turned!, emitter.constant(int64Tensor([1], [1]))])[0]!;
}

export interface GemmOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Added to the product; broadcasts to it. */
  readonly addend?: Value;
}

/** op(a) · op(b) + addend for matrices. */
export const gemm = (a: Value, b: Value, options: GemmOptions = {}): Value =>
  apply(gemmOp, options.addend ? [a, b, options.addend] : [a, b], {
    transposeA: options.transposeA ?? false,
    transposeB: options.transposeB ?? false,
  });
