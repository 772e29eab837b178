import { alike, anyType } from '../element-types.ts';
import { apply, type Op, type Value } from '../value.ts';

/** y = x; no cotangent passes. */
export const stopGradientOp: Op<Readonly<Record<string, never>>> = {
  name: 'stopGradient',
  types: alike(anyType),
  infer: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
  emit: (emitter, inputs) => emitter.node('Identity', inputs),
  vjp: () => [undefined],
};

/** The same value, held constant for differentiation. */
export const stopGradient = (x: Value): Value => apply(stopGradientOp, [x], {});
