import { noInputs } from '../element-types.ts';
import type { Dim } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';
import { scalar } from './constant.ts';

export const dimSizeOp: Op<{ readonly dim: Dim }> = {
  name: 'dimSize',
  types: noInputs,
  infer: () => [{ shape: [], dtype: 'float32' }],
  emit: (emitter, _, { attributes }) => {
    const [size] = emitter.node('Cast', [emitter.dim(attributes.dim)], { attributes: { to: 1 } });
    return emitter.node('Squeeze', [size!]);
  },
  vjp: () => [],
};

/** A dimension's size as a float32 scalar, known when the program runs. */
export const dimSize = (dim: Dim): Value =>
  typeof dim === 'number' ? scalar(dim) : apply(dimSizeOp, [], { dim });
