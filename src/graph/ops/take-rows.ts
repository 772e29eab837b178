import { float32Tensor, int64Tensor } from '../../base/tensor.ts';
import { type Dim, elementsOf, requireFit, sameShape } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';
import { reshape } from './reshape.ts';

type None = Readonly<Record<string, never>>;

/**
 * Rows of a table by index (an embedding look-up).
 *
 *     y[…] = table[ids[…]],   table̅ = Σ over positions of ȳ, added to the row each came from
 *
 * Shapes: table `[V, H]`, ids int64 `[...]` → `[..., H]`.
 */
export const takeRowsOp: Op<None> = {
  name: 'takeRows',
  infer: ([table, ids]) => [{ shape: [...ids!.shape, ...table!.shape.slice(1)], dtype: table!.dtype }],
  emit: (emitter, inputs) => emitter.node('Gather', inputs, { attributes: { axis: 0 } }),
  vjp: ({ inputs: [table, ids], cotangent }) => {
    const count = elementsOf(ids!.shape);
    const updates = reshape(cotangent, [count, ...table!.shape.slice(1)]);
    return [scatterAddRows({ ids: reshape(ids!, [count]), updates, rows: table!.shape[0]! }), undefined];
  },
};

/** Rows `ids` of `table`. */
export const takeRows = (table: Value, ids: Value): Value => apply(takeRowsOp, [table, ids], {});

/**
 * Adds rows into a table at given indices; equal indices add up.
 *
 *     y = base;  y[ids[n]] += updates[n],   updates̅ = ȳ[ids],   base̅ = ȳ
 *
 * Shapes: ids int64 `[N]`, updates `[N, H]`, base `[V, H]` (zeros unless given) → `[V, H]`.
 */
export const scatterAddRowsOp: Op<{ readonly rows: Dim }> = {
  name: 'scatterAddRows',
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
  emit: (emitter, [ids, updates, base], { attributes, inputs }) => {
    const zeros = (): string => {
      const shape = emitter.shape([attributes.rows, ...inputs[1]!.shape.slice(1)]);
      const zero = emitter.constant(float32Tensor([], [0]));
      return emitter.node('Expand', [zero, shape])[0]!;
    };
    const [indices] = emitter.node('Unsqueeze', [ids!, emitter.constant(int64Tensor([1], [1]))]);
    return emitter.node('ScatterND', [base ?? zeros(), indices!, updates!], {
      attributes: { reduction: 'add' },
    });
  },
  vjp: ({ inputs: [ids, , base], cotangent }) => {
    const rows = takeRows(cotangent, ids!);
    return base ? [undefined, rows, cotangent] : [undefined, rows];
  },
};

/** `base` (or zeros) with `updates` added at rows `ids`. */
export const scatterAddRows = (p: {
  readonly ids: Value;
  readonly updates: Value;
  readonly rows: Dim;
  readonly base?: Value;
}): Value =>
  apply(scatterAddRowsOp, p.base ? [p.ids, p.updates, p.base] : [p.ids, p.updates], { rows: p.rows });
