import { alike, anyType } from '../element-types.ts';
import { apply, type Op, type Value } from '../value.ts';

/** y = x with its axes permuted: x̄ = ȳ under the inverse permutation. */
export const transposeOp: Op<{ readonly permutation: readonly number[] }> = {
  name: 'transpose',
  types: alike(anyType),
  infer: ([x], { permutation }) => [{ shape: permutation.map((axis) => x!.shape[axis]!), dtype: x!.dtype }],
  emit: (emitter, inputs, { attributes }) =>
    emitter.node('Transpose', inputs, { attributes: { perm: attributes.permutation } }),
  vjp: ({ attributes: { permutation }, cotangent }) => [
    transpose(
      cotangent,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
};

/** Permutes axes: axis i of the result is axis `permutation[i]` of `x`. */
export const transpose = (x: Value, permutation: readonly number[]): Value =>
  apply(transposeOp, [x], { permutation });
