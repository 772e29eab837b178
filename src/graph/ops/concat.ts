import { VdaError } from '../../base/error.ts';
import { alike, anyType } from '../element-types.ts';
import { addDims, factorsOf, normalizeAxis, requireFit, sameShape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';
import { reshape } from './reshape.ts';
import { slice } from './slice.ts';

/** y = values one after another along an axis: each value's cotangent is its slice of ȳ. */
export const concatOp: Op<{ readonly axis: number }> = {
  name: 'concat',
  types: alike(anyType),
  infer: (values, { axis }) => {
    const others = (v: Value) => v.shape.toSpliced(axis, 1);
    const fits = values.every((v) => axis < v.shape.length && sameShape(others(v), others(values[0]!)));
    requireFit(fits, { op: `concat along axis ${axis}`, shapes: values.map((v) => v.shape) });
    const total = values.map((v) => v.shape[axis]!).reduce(addDims);
    return [{ shape: values[0]!.shape.map((dim, i) => (i === axis ? total : dim)), dtype: values[0]!.dtype }];
  },
  emit: (emitter, inputs, { attributes }) =>
    emitter.node('Concat', inputs, { attributes: { axis: attributes.axis } }),
  vjp: ({ inputs, attributes: { axis }, cotangent }) => {
    const sizes = inputs.map((v) => v.shape[axis]!);
    if (sizes.every((size) => typeof size === 'number')) {
      let start = 0;
      return sizes.map((size) => {
        const part = slice(cotangent, { axis, start, size });
        start += size;
        return part;
      });
    }
    // Symbolic sizes: an offset such as 2·batch isn't a number, so cut blocks of the common symbolic part instead.
    if (axis !== 0) throw new VdaError('internal', 'concat: a gradient along a symbolic axis needs axis 0');
    const unit = factorsOf(sizes[0]!).symbols.join('*');
    const counts = sizes.map((size) => factorsOf(size).coefficient);
    const rest = cotangent.shape.slice(1);
    const blocks = reshape(cotangent, [counts.reduce((a, b) => a + b), unit, ...rest]);
    let start = 0;
    return counts.map((count, i) => {
      const part = reshape(slice(blocks, { axis: 0, start, size: count }), [sizes[i]!, ...rest]);
      start += count;
      return part;
    });
  },
};

/** Joins values along `axis`. */
export const concat = (values: readonly Value[], axis: number): Value =>
  values.length === 1
    ? values[0]!
    : apply(concatOp, values, { axis: normalizeAxis(axis, values[0]!.shape.length) });
