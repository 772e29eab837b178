import { sameShape, type Shape } from '../shape.ts';
import type { Value } from '../value.ts';
import { reduceSum } from './reduce.ts';
import { reshape } from './reshape.ts';

/** Sums a value over the axes that broadcasting added or widened, back to `shape`: the transpose of broadcasting. */
export function sumTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const extra = x.shape.length - shape.length;
  const axes = x.shape.flatMap((dim, axis) => (axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? [axis] : []));
  const total = axes.length === 0 ? x : reduceSum(x, { axes });
  return sameShape(total.shape, shape) ? total : reshape(total, shape);
}
