import { alike, float32 } from '../element-types.ts';
import { apply, type Op, type Value } from '../value.ts';
import { scalar } from './constant.ts';
import { add, erf, exp, multiply } from './elementwise.ts';

type None = Readonly<Record<string, never>>;

/**
 * Gaussian error linear unit, exact form.
 *
 *     y = x·Φ(x),   Φ(x) = ½(1 + erf(x/√2))
 *     x̄ = ȳ ⊙ (Φ(x) + x·φ(x)),   φ(x) = e^(−x²/2)/√(2π)
 *
 * Source: Hendrycks & Gimpel 2016 (arXiv:1606.08415) §2; ONNX Gelu-20 with approximate = none.
 */
export const geluOp: Op<None> = {
  name: 'gelu',
  types: alike(float32),
  infer: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
  emit: (emitter, inputs) =>
    emitter.node('Gelu', inputs, emitter.has('com.microsoft.Gelu') ? { domain: 'com.microsoft' } : {}),
  vjp: ({ inputs: [x], cotangent }) => {
    // With t = x/√2: Φ = ½ + ½·erf t and x·φ = t·e^(−t²)/√π.
    const t = multiply(x!, scalar(Math.SQRT1_2));
    const cdf = add(multiply(erf(t), scalar(0.5)), scalar(0.5));
    const density = multiply(
      multiply(t, scalar(1 / Math.sqrt(Math.PI))),
      exp(multiply(multiply(t, scalar(-1)), t)),
    );
    return [multiply(cotangent, add(cdf, density))];
  },
};

export const gelu = (x: Value): Value => apply(geluOp, [x], {});
