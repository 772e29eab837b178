import type { DType } from '../../base/tensor.ts';
import { alike, anyType } from '../element-types.ts';
import { apply, type Op, type Value } from '../value.ts';

/** ONNX TensorProto.DataType of each element type. */
export const onnxTypeOf: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** y = x as another element type; used on indices and masks, which carry no gradient. */
export const castOp: Op<{ readonly dtype: DType }> = {
  name: 'cast',
  types: alike(anyType),
  infer: ([x], { dtype }) => [{ shape: x!.shape, dtype }],
  emit: (emitter, inputs, { attributes }) =>
    emitter.node('Cast', inputs, { attributes: { to: onnxTypeOf[attributes.dtype] } }),
  vjp: 'none',
};

export const cast = (x: Value, dtype: DType): Value =>
  x.dtype === dtype ? x : apply(castOp, [x], { dtype });
