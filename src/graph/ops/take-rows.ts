import { float32Tensor, int64Tensor } from '../../base/tensor.ts';
import { anyType, float32, indices } from '../element-types.ts';
import { type Dim, elementsOf, requireFit, sameShape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';
import { reshape } from './reshape.ts';

interface RowAttributes {
  /** No index occurs twice: the caller's promise, which lets gradients be added faster. */
  readonly distinct: boolean;
}

/**
 * Rows of a table by index (an embedding look-up).
 *
 *     y[…] = table[ids[…]],   table̅ = Σ over positions of ȳ, added to the row each came from
 *
 * Shapes: table `[V, H]`, ids int64 `[...]` → `[..., H]`.
 */
export const takeRowsOp: Op<RowAttributes> = {
  name: 'takeRows',
  types: { inputs: [anyType, indices] },
  infer: ([table, ids]) => [{ shape: [...ids!.shape, ...table!.shape.slice(1)], dtype: table!.dtype }],
  emit: (emitter, inputs) => emitter.node('Gather', inputs, { attributes: { axis: 0 } }),
  vjp: ({ inputs: [table, ids], attributes: { distinct }, cotangent }) => {
    const count = elementsOf(ids!.shape);
    const updates = reshape(cotangent, [count, ...table!.shape.slice(1)]);
    const rows = table!.shape[0]!;
    return [scatterAddRows({ ids: reshape(ids!, [count]), updates, rows, distinct }), undefined];
  },
};

/** Rows `ids` of `table`; `distinct` promises that no index occurs twice, false unless told. */
export const takeRows = (
  table: Value,
  ids: Value,
  { distinct = false }: Partial<RowAttributes> = {},
): Value => apply(takeRowsOp, [table, ids], { distinct });

export interface ScatterAttributes extends RowAttributes {
  /** Rows of the table. */
  readonly rows: Dim;
}

/** Most rows of a table that a scatter is written as a product for. */
const fewRows = 16;

/**
 * Adds rows into a table at given indices; equal indices add up.
 *
 *     y = base;  y[ids[n]] += updates[n],   updates̅ = ȳ[ids],   base̅ = ȳ
 *
 * Shapes: ids int64 `[N]`, updates `[N, H]`, base `[V, H]` (zeros unless given) → `[V, H]`.
 *
 * Source: ONNX ScatterND-18 and ScatterElements-18, reduction add. ScatterND adds whole rows, but ONNX Runtime's CPU
 * kernel shares its updates between threads without a lock, so rows that occur twice lose updates: it is for `distinct`
 * indices alone. ScatterElements adds number by number, in order. Tables of a few rows take a product with the one-hot
 * matrix, which is faster.
 */
export const scatterAddRowsOp: Op<ScatterAttributes> = {
  name: 'scatterAddRows',
  types: { inputs: [indices, float32] },
  infer: ([ids, updates, base], { rows }) => {
    const shape = [rows, ...updates!.shape.slice(1)];
    const fits = ids!.shape.length === 1 && ids!.shape[0] === updates!.shape[0];
    requireFit(fits, { op: 'scatterAddRows', shapes: [ids!.shape, updates!.shape] });
    if (base)
      requireFit(sameShape(base.shape, shape), {
        op: 'scatterAddRows to a base',
        shapes: [shape, base.shape],
      });
    return [{ shape, dtype: updates!.dtype }];
  },
  emit: (emitter, [ids, updates, base], { attributes: { rows, distinct }, inputs }) => {
    const shape = inputs[1]!.shape;
    if (typeof rows === 'number' && rows <= fewRows && shape.length === 2) {
      const range = emitter.constant(float32Tensor([2], [0, 1]));
      const depth = emitter.constant(int64Tensor([], [rows]));
      const [oneHot] = emitter.node('OneHot', [ids!, depth, range], { attributes: { axis: 0 } });
      return emitter.node('Gemm', base ? [oneHot!, updates!, base] : [oneHot!, updates!]);
    }
    const zeros = (): string =>
      emitter.node('Expand', [
        emitter.constant(float32Tensor([], [0])),
        emitter.shape([rows, ...shape.slice(1)]),
      ])[0]!;
    if (distinct) {
      const [indices] = emitter.node('Unsqueeze', [ids!, emitter.constant(int64Tensor([1], [1]))]);
      // Onto zeros, copying rows is adding them, and faster.
      return emitter.node('ScatterND', [base ?? zeros(), indices!, updates!], {
        attributes: { reduction: base ? 'add' : 'none' },
      });
    }
    const others = shape.slice(1).map((_, i) => i + 1);
    const [column] = emitter.node('Unsqueeze', [
      ids!,
      emitter.constant(int64Tensor([others.length], others)),
    ]);
    const [indices] = emitter.node('Expand', [column!, emitter.shape(shape)]);
    return emitter.node('ScatterElements', [base ?? zeros(), indices!, updates!], {
      attributes: { axis: 0, reduction: 'add' },
    });
  },
  vjp: ({ inputs: [ids, , base], attributes: { distinct }, cotangent }) => {
    const rows = takeRows(cotangent, ids!, { distinct });
    return base ? [undefined, rows, cotangent] : [undefined, rows];
  },
};

/** `base` (or zeros) with `updates` added at rows `ids`; `distinct` as in {@link takeRows}. */
export const scatterAddRows = (p: {
  readonly ids: Value;
  readonly updates: Value;
  readonly rows: Dim;
  readonly base?: Value;
  readonly distinct?: boolean;
}): Value => {
  const { ids, updates, rows, base, distinct = false } = p;
  return apply(scatterAddRowsOp, base ? [ids, updates, base] : [ids, updates], { rows, distinct });
};
