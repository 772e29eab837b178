import { gemm } from '../graph/ops/gemm.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { elementsOf } from '../graph/shape.ts';
import type { Value } from '../graph/value.ts';

/**
 * Affine map over the last axis: y = x·Wᵀ + b.
 * Shapes: x `[..., I]`, weight `[O, I]` (PyTorch's layout), bias `[O]` → `[..., O]`.
 */
export function linear(x: Value, { weight, bias }: { readonly weight: Value; readonly bias: Value }): Value {
  const leading = x.shape.slice(0, -1);
  const rows = reshape(x, [elementsOf(leading), x.shape.at(-1)!]);
  return reshape(gemm(rows, weight, { transposeB: true, addend: bias }), [...leading, weight.shape[0]!]);
}
