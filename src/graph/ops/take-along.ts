import { float32Tensor } from '../../base/tensor.ts';
import { anyType, float32, indices } from '../element-types.ts';
import { type Dim, requireFit, sameShape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';

type None = Readonly<Record<string, never>>;

/**
 * Elements of each row by index: y[n, k] = x[n, ids[n, k]];  x̄[n, ids[n, k]] += ȳ[n, k].
 * Shapes: x `[N, C]`, ids int64 `[N, K]` → `[N, K]`. Source: ONNX GatherElements-13, axis 1.
 */
export const takeAlongOp: Op<None> = {
  name: 'takeAlong',
  types: { inputs: [anyType, indices] },
  infer: ([x, ids]) => {
    const fits = x!.shape.length === 2 && ids!.shape.length === 2 && x!.shape[0] === ids!.shape[0];
    requireFit(fits, { op: 'takeAlong', shapes: [x!.shape, ids!.shape] });
    return [{ shape: ids!.shape, dtype: x!.dtype }];
  },
  emit: (emitter, inputs) => emitter.node('GatherElements', inputs, { attributes: { axis: 1 } }),
  vjp: ({ inputs: [x, ids], cotangent }) => [
    putAlong({ ids: ids!, values: cotangent, columns: x!.shape[1]! }),
    undefined,
  ],
};

/** Element `ids[n, k]` of each row n of `x`. */
export const takeAlong = (x: Value, ids: Value): Value => apply(takeAlongOp, [x, ids], {});

/**
 * Zeros with values added into each row by index: y[n, ids[n, k]] += values[n, k];  values̅[n, k] = ȳ[n, ids[n, k]].
 * Shapes: ids int64 `[N, K]`, values `[N, K]` → `[N, C]`. Source: ONNX ScatterElements-18, axis 1, reduction add.
 */
export const putAlongOp: Op<{ readonly columns: Dim }> = {
  name: 'putAlong',
  types: { inputs: [indices, float32] },
  infer: ([ids, values], { columns }) => {
    const fits = values!.shape.length === 2 && sameShape(ids!.shape, values!.shape);
    requireFit(fits, { op: 'putAlong', shapes: [ids!.shape, values!.shape] });
    return [{ shape: [values!.shape[0]!, columns], dtype: values!.dtype }];
  },
  emit: (emitter, [ids, values], { outputs }) => {
    const zero = emitter.constant(float32Tensor([], [0]));
    const [zeros] = emitter.node('Expand', [zero, emitter.shape(outputs[0]!.shape)]);
    return emitter.node('ScatterElements', [zeros!, ids!, values!], {
      attributes: { axis: 1, reduction: 'add' },
    });
  },
  vjp: ({ inputs: [ids], cotangent }) => [undefined, takeAlong(cotangent, ids!)],
};

/** Zeros `[N, columns]` with `values` added at `ids` of each row. */
export const putAlong = (p: { readonly ids: Value; readonly values: Value; readonly columns: Dim }): Value =>
  apply(putAlongOp, [p.ids, p.values], { columns: p.columns });
