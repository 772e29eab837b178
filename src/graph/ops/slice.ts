import { int64Tensor } from '../../base/tensor.ts';
import { alike, anyType } from '../element-types.ts';
import { type Dim, normalizeAxis, requireFit } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';

export interface SliceAttributes {
  readonly axis: number;
  readonly start: number;
  /** Number of elements kept. */
  readonly size: Dim;
}

const isNumber = (dim: Dim) => typeof dim === 'number';

const withAxis = (x: Value, axis: number, size: Dim) => x.shape.map((dim, i) => (i === axis ? size : dim));

/** y = x[start … start + size) along an axis: x̄ = ȳ padded with zeros. */
export const sliceOp: Op<SliceAttributes> = {
  name: 'slice',
  types: alike(anyType),
  infer: ([x], { axis, start, size }) => {
    const current = x!.shape[axis];
    const inside =
      current !== undefined && (!isNumber(current) || !isNumber(size) || start + size <= current);
    requireFit(inside && start >= 0, {
      op: `slice from ${start}`,
      shapes: [x!.shape, withAxis(x!, axis, size)],
    });
    return [{ shape: withAxis(x!, axis, size), dtype: x!.dtype }];
  },
  emit: (emitter, [x], { attributes: { axis, start, size } }) => {
    const startName = emitter.constant(int64Tensor([1], [start]));
    const end =
      typeof size === 'number'
        ? emitter.constant(int64Tensor([1], [start + size]))
        : emitter.node('Add', [emitter.dim(size), startName])[0]!;
    return emitter.node('Slice', [x!, startName, end, emitter.constant(int64Tensor([1], [axis]))]);
  },
  vjp: ({ inputs: [x], attributes: { axis, start }, cotangent }) => [
    apply(padOp, [cotangent], { axis, before: start, size: x!.shape[axis]! }),
  ],
};

/** `size` elements of `x` from `start` (0 unless told) along `axis`. */
export const slice = (
  x: Value,
  p: { readonly axis: number; readonly start?: number; readonly size: Dim },
): Value =>
  apply(sliceOp, [x], { axis: normalizeAxis(p.axis, x.shape.length), start: p.start ?? 0, size: p.size });

/** y = x with zeros around it along an axis, up to a size: x̄ = that slice of ȳ. */
export const padOp: Op<{ readonly axis: number; readonly before: number; readonly size: Dim }> = {
  name: 'pad',
  types: alike(anyType),
  infer: ([x], { axis, before, size }) => {
    const current = x!.shape[axis];
    const inside =
      current !== undefined && (!isNumber(current) || !isNumber(size) || before + current <= size);
    requireFit(inside && before >= 0, {
      op: `pad after ${before}`,
      shapes: [x!.shape, withAxis(x!, axis, size)],
    });
    return [{ shape: withAxis(x!, axis, size), dtype: x!.dtype }];
  },
  emit: (emitter, [x], { attributes: { axis, before, size }, inputs }) => {
    const beforeName = emitter.constant(int64Tensor([1], [before]));
    const current = inputs[0]!.shape[axis]!;
    const after =
      typeof size === 'number' && typeof current === 'number'
        ? emitter.constant(int64Tensor([1], [size - before - current]))
        : emitter.node('Sub', [
            emitter.node('Sub', [emitter.dim(size), beforeName])[0]!,
            emitter.dim(current),
          ])[0]!;
    const [pads] = emitter.node('Concat', [beforeName, after], { attributes: { axis: 0 } });
    const axes = emitter.constant(int64Tensor([1], [axis]));
    return emitter.node('Pad', [x!, pads!, '', axes]);
  },
  vjp: ({ inputs: [x], attributes: { axis, before }, cotangent }) => [
    slice(cotangent, { axis, start: before, size: x!.shape[axis]! }),
  ],
};

/** `x` with `before` zeros in front along `axis`, and as many behind as reach `size`. */
export const pad = (
  x: Value,
  p: { readonly axis: number; readonly before: number; readonly size: Dim },
): Value => apply(padOp, [x], { ...p, axis: normalizeAxis(p.axis, x.shape.length) });
