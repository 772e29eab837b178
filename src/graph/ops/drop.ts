import { float32Tensor, tensor } from '../../base/tensor.ts';
import { float32 } from '../element-types.ts';
import { requireFit, sameShape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';

/**
 * Inverted dropout with a given mask.
 *
 *     y = x ⊙ m / (1 − p),   x̄ = ȳ ⊙ m / (1 − p),   m ∈ {0, 1}
 *
 * Shapes: x float32 `[...]`, m uint8 `[...]`.
 * Source: Srivastava et al. 2014 (JMLR 15) §10, inverted form. The mask is an input so that the same numbers come
 * back after a resume and on any device; DequantizeLinear widens and scales it in one pass.
 */
export const dropOp: Op<{ readonly probability: number }> = {
  name: 'drop',
  types: { inputs: [float32, ['uint8']] },
  infer: ([x, mask]) => {
    requireFit(sameShape(x!.shape, mask!.shape), { op: 'drop', shapes: [x!.shape, mask!.shape] });
    return [{ shape: x!.shape, dtype: x!.dtype }];
  },
  emit: (emitter, [x, mask], { attributes }) => {
    const scale = emitter.constant(float32Tensor([], [1 / (1 - attributes.probability)]));
    const zeroPoint = emitter.constant(tensor('uint8', [], new Uint8Array(1)));
    const [factor] = emitter.node('DequantizeLinear', [mask!, scale, zeroPoint]);
    return emitter.node('Mul', [x!, factor!]);
  },
  vjp: ({ inputs: [, mask], attributes, cotangent }) => [
    drop(cotangent, { mask: mask!, ...attributes }),
    undefined,
  ],
};

/** Dropout of `x` with keep-mask `mask` and drop probability `probability`. */
export const drop = (x: Value, p: { readonly mask: Value; readonly probability: number }): Value =>
  apply(dropOp, [x, p.mask], { probability: p.probability });
