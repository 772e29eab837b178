import { sameShape, type Shape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';
import { sumTo } from './sum-to.ts';

/** y = x broadcast to a shape: x̄ = ȳ summed back. */
export const expandOp: Op<{ readonly shape: Shape }> = {
  name: 'expand',
  infer: ([x], { shape }) => [{ shape, dtype: x!.dtype }],
  emit: (emitter, [x], { attributes }) => emitter.node('Expand', [x!, emitter.shape(attributes.shape)]),
  vjp: ({ inputs: [x], cotangent }) => [sumTo(cotangent, x!.shape)],
};

/** Broadcasts to a shape (NumPy `broadcast_to`). */
export const expand = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : apply(expandOp, [x], { shape });
