import { int64Tensor } from '../../base/tensor.ts';
import { alike, numbers } from '../element-types.ts';
import { applyAll, type Op, type Value } from '../value.ts';

/** The k largest elements of each row and where they are, largest first; equal values by lower index. No gradient. */
export const topKOp: Op<{ readonly k: number }> = {
  name: 'topK',
  types: alike(numbers),
  infer: ([x], { k }) => {
    const shape = [...x!.shape.slice(0, -1), k];
    return [
      { shape, dtype: x!.dtype },
      { shape, dtype: 'int64' },
    ];
  },
  emit: (emitter, [x], { attributes }) =>
    emitter.node('TopK', [x!, emitter.constant(int64Tensor([1], [attributes.k]))], { outputs: 2 }),
  vjp: 'none',
};

/** `values` and `indices` (int64) of the `k` largest elements over the last axis. */
export function topK(x: Value, k: number): { readonly values: Value; readonly indices: Value } {
  const [values, indices] = applyAll(topKOp, [x], { k });
  return { values: values!, indices: indices! };
}
