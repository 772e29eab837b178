import { alike, anyType } from '../element-types.ts';
import { elementsOf } from '../shape.ts';
import { apply, type Value } from '../value.ts';
import { type ReduceOptions, reduceAttributes, reduceOp, reduceSum } from './broadcast.ts';
import { dimSize } from './dim-size.ts';
import { divide, multiply } from './elementwise.ts';

/** y = max x over axes. Used to keep exponentials in range, where its gradient cancels; none is defined. */
export const reduceMaxOp = reduceOp('reduceMax', 'ReduceMax', alike(anyType), 'none');

/** Maximum over axes. No gradient. */
export const reduceMax = (x: Value, options: ReduceOptions = {}): Value =>
  apply(reduceMaxOp, [x], reduceAttributes(x, options));

/** Mean over axes: Σ x / count. */
export function reduceMean(x: Value, options: ReduceOptions = {}): Value {
  const { axes, keepDims } = reduceAttributes(x, options);
  const count = dimSize(elementsOf(axes.map((axis) => x.shape[axis]!)));
  return divide(reduceSum(x, { axes, keepDims }), count);
}

/** Σ x² over axes. */
export const sumOfSquares = (x: Value, options: ReduceOptions = {}): Value =>
  reduceSum(multiply(x, x), options);
