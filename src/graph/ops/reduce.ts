import { int64Tensor } from '../../base/tensor.ts';
import { normalizeAxis, type Shape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';
import { expand } from './expand.ts';
import { multiply, divide } from './elementwise.ts';
import { dimSize } from './dim-size.ts';
import { elementsOf } from '../shape.ts';
import { reshape } from './reshape.ts';

export interface ReduceAttributes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

const reducedShape = (shape: Shape, { axes, keepDims }: ReduceAttributes): Shape =>
  keepDims ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) : shape.filter((_, i) => !axes.includes(i));

/** The reduced value's shape with the reduced axes kept as 1, from which it broadcasts back. */
const keptShape = (shape: Shape, axes: readonly number[]): Shape => reducedShape(shape, { axes, keepDims: true });

const reduceOp = (name: string, onnxType: string, vjp: Op<ReduceAttributes>['vjp']): Op<ReduceAttributes> => ({
  name,
  infer: ([x], attributes) => [{ shape: reducedShape(x!.shape, attributes), dtype: x!.dtype }],
  emit: (emitter, [x], { attributes }) => {
    const axes = emitter.constant(int64Tensor([attributes.axes.length], attributes.axes));
    return emitter.node(onnxType, [x!, axes], { attributes: { keepdims: attributes.keepDims ? 1 : 0 } });
  },
  vjp,
});

/** y = Σ x over axes: x̄ = ȳ, repeated along them. */
export const reduceSumOp = reduceOp('reduceSum', 'ReduceSum', ({ inputs: [x], attributes, cotangent }) => [
  expand(reshape(cotangent, keptShape(x!.shape, attributes.axes)), x!.shape),
]);

/** y = max x over axes. Used to keep exponentials in range, where its gradient cancels; none is defined. */
export const reduceMaxOp = reduceOp('reduceMax', 'ReduceMax', 'none');

export interface ReduceOptions {
  /** All axes unless told. Negative axes count from the end. */
  readonly axes?: readonly number[];
  /** Keep reduced axes as 1; false unless told. */
  readonly keepDims?: boolean;
}

const attributesFor = (x: Value, { axes, keepDims = false }: ReduceOptions): ReduceAttributes => ({
  axes: (axes ?? x.shape.map((_, i) => i)).map((axis) => normalizeAxis(axis, x.shape.length)),
  keepDims,
});

export const reduceSum = (x: Value, options: ReduceOptions = {}): Value =>
  apply(reduceSumOp, [x], attributesFor(x, options));

export const reduceMax = (x: Value, options: ReduceOptions = {}): Value =>
  apply(reduceMaxOp, [x], attributesFor(x, options));

/** Mean over axes: Σ x / count. */
export function reduceMean(x: Value, options: ReduceOptions = {}): Value {
  const { axes, keepDims } = attributesFor(x, options);
  const count = dimSize(elementsOf(axes.map((axis) => x.shape[axis]!)));
  return divide(reduceSum(x, { axes, keepDims }), count);
}

/** Σ x² over axes. */
export const sumOfSquares = (x: Value, options: ReduceOptions = {}): Value => reduceSum(multiply(x, x), options);
