import { VdaError } from '../base/error.ts';
import { arrayOf, type DType } from '../base/tensor.ts';
import { formatShape, type Shape } from './shape.ts';

/** Sets of element types, as far as ONNX Runtime's CPU kernels take them. */
export const anyType = Object.keys(arrayOf) as readonly DType[];
export const numbers: readonly DType[] = ['float32', 'float64', 'int64', 'int32', 'uint8'];
export const signed: readonly DType[] = ['float32', 'float64', 'int64', 'int32'];
export const floats: readonly DType[] = ['float32', 'float64'];
export const float32: readonly DType[] = ['float32'];
export const indices: readonly DType[] = ['int64'];

/**
 * Element types that an op takes, input by input: types of its own, or `T`, which is one type wherever it stands. The last
 * entry stands for all further inputs.
 */
export interface TypeRule {
  readonly T?: readonly DType[];
  readonly inputs: readonly ('T' | readonly DType[])[];
}

/** No inputs. */
export const noInputs: TypeRule = { inputs: [] };

/** Every input has the same type, out of these. */
export const alike = (T: readonly DType[]): TypeRule => ({ T, inputs: ['T'] });

/** @throws VdaError `internal` naming the op, what it takes, and the types and shapes it was given, unless they fit. */
export function requireTypes(
  op: string,
  rule: TypeRule,
  inputs: readonly { readonly dtype: DType; readonly shape: Shape }[],
): void {
  const kindOf = (i: number) => rule.inputs[Math.min(i, rule.inputs.length - 1)] ?? [];
  const T = inputs.find((_, i) => kindOf(i) === 'T')?.dtype;
  const fits = inputs.every(({ dtype }, i) => {
    const kind = kindOf(i);
    return kind === 'T' ? dtype === T && rule.T!.includes(dtype) : kind.includes(dtype);
  });
  if (fits) return;
  const given = inputs.map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`).join(' and ');
  const taken = inputs.map((_, i) => {
    const kind = kindOf(i);
    return kind === 'T' ? 'T' : kind.join('|');
  });
  const ofT = taken.includes('T') ? `, T one of ${rule.T!.join(', ')}` : '';
  throw new VdaError(
    'internal',
    `${op}: element types ${given} do not fit; expected ${taken.join(' and ')}${ofT}. Cast what differs.`,
  );
}
