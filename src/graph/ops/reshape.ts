import { int64Tensor } from '../../base/tensor.ts';
import { alike, anyType } from '../element-types.ts';
import { elementsOf, requireFit, type Shape, sameShape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';

/** y = x in another shape, row-major order kept: x̄ = ȳ in the old shape. */
export const reshapeOp: Op<{ readonly shape: Shape }> = {
  name: 'reshape',
  types: alike(anyType),
  infer: ([x], { shape }) => {
    requireFit(elementsOf(x!.shape) === elementsOf(shape), { op: 'reshape', shapes: [x!.shape, shape] });
    return [{ shape, dtype: x!.dtype }];
  },
  emit: (emitter, [x], { attributes: { shape }, inputs }) => {
    const from = inputs[0]!.shape;
    // ONNX Reshape: 0 copies the input's dimension at the same index, one −1 is worked out.
    const target = shape.map((dim, i) => (typeof dim === 'number' ? dim : dim === from[i] ? 0 : -1));
    const known = target.filter((dim) => dim === -1).length <= 1 && !shape.includes(0);
    const shapeName = known ? emitter.constant(int64Tensor([target.length], target)) : emitter.shape(shape);
    return emitter.node('Reshape', [x!, shapeName]);
  },
  vjp: ({ inputs: [x], cotangent }) => [reshape(cotangent, x!.shape)],
};

/** Same elements, another shape. */
export const reshape = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape });
