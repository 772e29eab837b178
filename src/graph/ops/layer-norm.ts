import { alike, floats } from '../element-types.ts';
import { requireFit, sameShape } from '../shape.ts';
import { applyAll, type Op, type Value } from '../value.ts';
import { sumTo } from './broadcast.ts';
import { multiply, subtract } from './elementwise.ts';
import { reduceMean } from './reduce.ts';

const meanOverLast = (x: Value) => reduceMean(x, { axes: [-1], keepDims: true });

/**
 * Layer normalisation over the last axis.
 *
 *     y = γ⊙x̂ + β,   x̂ = (x − μ)·r,   r = 1/√(σ² + ε)
 *     x̄ = r·(ĝ − mean(ĝ) − x̂⊙mean(ĝ⊙x̂)),   ĝ = ȳ⊙γ,   γ̄ = Σ ȳ⊙x̂,   β̄ = Σ ȳ
 *
 * Shapes: x `[..., H]`, γ, β `[H]`; saved outputs 1 and 2 are μ and r, `[..., 1]`. mean runs over H, Σ over the rest.
 * Source: Ba et al. 2016 (arXiv:1607.06450) §3; ONNX LayerNormalization-17, whose outputs 1 and 2 save μ and r.
 */
export const layerNormOp: Op<{ readonly epsilon: number }> = {
  name: 'layerNorm',
  types: alike(floats),
  infer: ([x, gamma, beta]) => {
    const width = x!.shape.slice(-1);
    const fits = width.length === 1 && sameShape(gamma!.shape, width) && sameShape(beta!.shape, width);
    requireFit(fits, { op: 'layerNorm', shapes: [x!.shape, gamma!.shape, beta!.shape] });
    const statistic = { shape: [...x!.shape.slice(0, -1), 1], dtype: x!.dtype };
    return [{ shape: x!.shape, dtype: x!.dtype }, statistic, statistic];
  },
  emit: (emitter, inputs, { attributes }) =>
    emitter.node('LayerNormalization', inputs, {
      outputs: 3,
      attributes: { axis: -1, epsilon: { float: attributes.epsilon } },
    }),
  vjp: ({ inputs: [x, gamma], outputs: [, mean, reciprocalStd], cotangent: dy }) => {
    const xHat = multiply(subtract(x!, mean!), reciprocalStd!);
    const gHat = multiply(dy, gamma!);
    const alongXHat = multiply(xHat, meanOverLast(multiply(gHat, xHat))); // the part of ĝ that changes σ
    const dx = multiply(reciprocalStd!, subtract(subtract(gHat, meanOverLast(gHat)), alongXHat));
    return [dx, sumTo(multiply(dy, xHat), gamma!.shape), sumTo(dy, gamma!.shape)];
  },
};

/** Layer normalisation of `x` `[..., H]` with scale `gamma` and shift `beta` `[H]`. */
export const layerNorm = (
  x: Value,
  p: { readonly gamma: Value; readonly beta: Value; readonly epsilon: number },
): Value => applyAll(layerNormOp, [x, p.gamma, p.beta], { epsilon: p.epsilon })[0]!;
