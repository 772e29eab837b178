import { float32Tensor } from '../../base/tensor.ts';
import { alike, floats } from '../element-types.ts';
import { requireFit, sameShape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';

export interface MatmulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly alpha: number;
}

/**
 * Product of two stacks of matrices, scaled.
 *
 *     y = α · op(a) · op(b),   op(x) = x or xᵀ over the last two axes
 *     Ā = α·Ȳ·op(b)ᵀ  (transposed if a was),   B̄ = α·op(a)ᵀ·Ȳ  (transposed if b was)
 *
 * Shapes: op(a) `[..., M, K]`, op(b) `[..., K, N]`, the same leading axes on both.
 * Source: ONNX Runtime's FusedMatMul (com.microsoft), which is MatMul with α and transposes.
 */
export const matmulOp: Op<MatmulAttributes> = {
  name: 'matmul',
  types: alike(floats),
  infer: ([a, b], { transposeA, transposeB }) => {
    const stack = a!.shape.slice(0, -2);
    const [m, k] = transposeA ? [a!.shape.at(-1), a!.shape.at(-2)] : [a!.shape.at(-2), a!.shape.at(-1)];
    const [k2, n] = transposeB ? [b!.shape.at(-1), b!.shape.at(-2)] : [b!.shape.at(-2), b!.shape.at(-1)];
    const fits = k === k2 && k !== undefined && sameShape(stack, b!.shape.slice(0, -2));
    requireFit(fits, { op: 'matmul', shapes: [a!.shape, b!.shape] });
    return [{ shape: [...stack, m!, n!], dtype: a!.dtype }];
  },
  emit: (emitter, inputs, { attributes: { transposeA, transposeB, alpha }, inputs: [a] }) => {
    if (emitter.has('FusedMatMul')) {
      return emitter.node('FusedMatMul', inputs, {
        domain: 'com.microsoft',
        attributes: { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0, alpha: { float: alpha } },
      });
    }
    const axes = a!.shape.map((_, axis) => axis);
    const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
    const transposed = (name: string, transpose: boolean) =>
      transpose ? emitter.node('Transpose', [name], { attributes: { perm } })[0]! : name;
    const product = emitter.node('MatMul', [
      transposed(inputs[0]!, transposeA),
      transposed(inputs[1]!, transposeB),
    ]);
    return alpha === 1
      ? product
      : emitter.node('Mul', [product[0]!, emitter.constant(float32Tensor([], [alpha]))]);
  },
  vjp: ({ inputs: [a, b], attributes: { transposeA, transposeB, alpha }, cotangent: dy }) => [
    transposeA
      ? matmul(b!, dy, { transposeA: transposeB, transposeB: true, alpha })
      : matmul(dy, b!, { transposeB: !transposeB, alpha }),
    transposeB
      ? matmul(dy, a!, { transposeA: true, transposeB: transposeA, alpha })
      : matmul(a!, dy, { transposeA: !transposeA, alpha }),
  ],
};

/** α · op(a) · op(b) over stacks of matrices; no transposes and α = 1 unless told. */
export const matmul = (a: Value, b: Value, options: Partial<MatmulAttributes> = {}): Value =>
  apply(matmulOp, [a, b], { transposeA: false, transposeB: false, alpha: 1, ...options });
