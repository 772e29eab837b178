import { int64Tensor } from '../../base/tensor.ts';
import { alike, anyType, signed, type TypeRule } from '../element-types.ts';
import { broadcastsTo, normalizeAxis, requireFit, type Shape, sameShape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';
import { reshape } from './reshape.ts';

// Repeating along axes and summing along them are each other's transpose, so each is the other's gradient: one file.

/** y = x broadcast to a shape: x̄ = ȳ summed back. */
export const expandOp: Op<{ readonly shape: Shape }> = {
  name: 'expand',
  types: alike(anyType),
  infer: ([x], { shape }) => {
    requireFit(broadcastsTo(x!.shape, shape), { op: 'expand', shapes: [x!.shape, shape] });
    return [{ shape, dtype: x!.dtype }];
  },
  emit: (emitter, [x], { attributes }) => emitter.node('Expand', [x!, emitter.shape(attributes.shape)]),
  vjp: ({ inputs: [x], cotangent }) => [sumTo(cotangent, x!.shape)],
};

/** Broadcasts to a shape (NumPy `broadcast_to`). @throws VdaError `internal` where it doesn't. */
export const expand = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : apply(expandOp, [x], { shape });

export interface ReduceAttributes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

const reducedShape = (shape: Shape, { axes, keepDims }: ReduceAttributes): Shape =>
  keepDims ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) : shape.filter((_, i) => !axes.includes(i));

/** An op that brings axes down to one number each. */
export const reduceOp = (
  name: string,
  onnxType: string,
  types: TypeRule,
  vjp: Op<ReduceAttributes>['vjp'],
): Op<ReduceAttributes> => ({
  name,
  types,
  infer: ([x], attributes) => [{ shape: reducedShape(x!.shape, attributes), dtype: x!.dtype }],
  emit: (emitter, [x], { attributes }) => {
    const axes = emitter.constant(int64Tensor([attributes.axes.length], attributes.axes));
    // Without the second attribute ONNX takes no axes to mean all of them.
    return emitter.node(onnxType, [x!, axes], {
      attributes: { keepdims: attributes.keepDims ? 1 : 0, noop_with_empty_axes: 1 },
    });
  },
  vjp,
});

/** y = Σ x over axes: x̄ = ȳ, repeated along them. */
export const reduceSumOp = reduceOp(
  'reduceSum',
  'ReduceSum',
  alike(signed),
  ({ inputs: [x], attributes, cotangent }) => {
    const kept = reducedShape(x!.shape, { axes: attributes.axes, keepDims: true });
    return [expand(reshape(cotangent, kept), x!.shape)];
  },
);

export interface ReduceOptions {
  /** All axes unless told. Negative axes count from the end. */
  readonly axes?: readonly number[];
  /** Keep reduced axes as 1; false unless told. */
  readonly keepDims?: boolean;
}

/** The options with every default filled in. */
export const reduceAttributes = (x: Value, { axes, keepDims = false }: ReduceOptions): ReduceAttributes => ({
  axes: (axes ?? x.shape.map((_, i) => i)).map((axis) => normalizeAxis(axis, x.shape.length)),
  keepDims,
});

/** Sum over axes. */
export const reduceSum = (x: Value, options: ReduceOptions = {}): Value =>
  apply(reduceSumOp, [x], reduceAttributes(x, options));

/** Sums a value over the axes that broadcasting added or widened, back to `shape`: the transpose of broadcasting. */
export function sumTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const extra = x.shape.length - shape.length;
  const axes = x.shape.flatMap((dim, axis) =>
    axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? [axis] : [],
  );
  const total = axes.length === 0 ? x : reduceSum(x, { axes });
  return sameShape(total.shape, shape) ? total : reshape(total, shape);
}
