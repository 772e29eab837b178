import type { DType } from '../../base/tensor.ts';
import { noInputs } from '../element-types.ts';
import type { Dim, Shape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';

export interface InputAttributes {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

export const inputOp: Op<InputAttributes> = {
  name: 'input',
  types: noInputs,
  infer: (_, { shape, dtype }) => [{ shape, dtype }],
  emit: (_emitter, _inputs, { attributes }) => [attributes.name],
  vjp: () => [],
};

/** A named input of the program. Symbolic dimensions get their value from the tensor that is fed. */
export const input = (name: string, type: { readonly dtype: DType; readonly shape: readonly Dim[] }): Value =>
  apply(inputOp, [], { name, ...type });
