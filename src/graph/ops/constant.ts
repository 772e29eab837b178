import { float32Tensor, type Tensor } from '../../base/tensor.ts';
import { noInputs } from '../element-types.ts';
import { apply, type Op, type Value } from '../value.ts';

export const constantOp: Op<{ readonly value: Tensor }> = {
  name: 'constant',
  types: noInputs,
  infer: (_, { value }) => [{ shape: value.shape, dtype: value.dtype }],
  emit: (emitter, _, { attributes }) => [emitter.constant(attributes.value)],
  vjp: () => [],
};

/** A tensor written into the program. */
export const constant = (value: Tensor): Value => apply(constantOp, [], { value });

/** A float32 scalar, shape `[]`. */
export const scalar = (value: number): Value => constant(float32Tensor([], [value]));
