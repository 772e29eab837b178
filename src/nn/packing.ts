import { int64Tensor } from '../base/tensor.ts';
import { cast } from '../graph/ops/cast.ts';
import { concat } from '../graph/ops/concat.ts';
import { constant } from '../graph/ops/constant.ts';
import { dimSize } from '../graph/ops/dim-size.ts';
import { add, multiply } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { scatterAddRows, takeRows } from '../graph/ops/take-rows.ts';
import { type Dim, multiplyDims } from '../graph/shape.ts';
import type { Value } from '../graph/value.ts';

/** Which of the places of a padded batch hold tokens, P of them, row by row. */
export interface TokenPlaces {
  /** Row of each token, int64 `[P]`. */
  readonly rows: Value;
  /** Its position in the row, int64 `[P]`. */
  readonly positions: Value;
}

/**
 * How states go from padded `[R, T, …]` to packed `[P, …]`, without the padding, and back. What is worked out token by
 * token (linear maps, LayerNorm, activations) need not be worked out for padding; only attention looks along a row.
 */
export interface Packing {
  readonly rows: Dim;
  readonly length: Dim;
  readonly heads: number;
  /** Place of each token in `[R·T]`, int64 `[P]`. */
  readonly places: Value;
  /** Place of each token's heads in `[R·heads·T]`, int64 `[P·heads]`. */
  readonly headPlaces: Value;
}

/** The packing of `copies` of a batch, one after the other. */
export function createPacking(
  tokens: TokenPlaces,
  p: { readonly copies: number; readonly batch: Dim; readonly length: Dim; readonly heads: number },
): Packing {
  const { copies, batch, length, heads } = p;
  const inCopy = (copy: number) => add(tokens.rows, multiply(int64(copy), sizeOf(batch)));
  const each = Array.from({ length: copies }, (_, copy) => copy);
  const rows = concat(each.map(inCopy), 0);
  const positions = concat(
    each.map(() => tokens.positions),
    0,
  );
  const placesOf = (parts: number) => {
    const first = add(multiply(rows, multiply(int64(parts), sizeOf(length))), positions);
    const steps = multiply(constant(int64Tensor([1, parts], [...Array(parts).keys()])), sizeOf(length));
    const count = rows.shape[0]!;
    return reshape(add(reshape(first, [count, 1]), steps), [multiplyDims(count, parts)]);
  };
  const size = { rows: multiplyDims(copies, batch), length, heads };
  return { ...size, places: placesOf(1), headPlaces: placesOf(heads) };
}

const int64 = (value: number): Value => constant(int64Tensor([], [value]));
const sizeOf = (dim: Dim): Value => cast(dimSize(dim), 'int64');

/** States without their padding. Shapes: `[R, T, H]` → `[P, H]`. */
export function pack(x: Value, { rows, length, places }: Packing): Value {
  const flat = reshape(x, [multiplyDims(rows, length), x.shape[2]!]);
  return takeRows(flat, places, { distinct: true });
}

/** States with zeros for padding. Shapes: `[P, H]` → `[R, T, H]`. */
export function unpack(x: Value, { rows, length, places }: Packing): Value {
  const flat = scatterAddRows({
    ids: places,
    updates: x,
    rows: multiplyDims(rows, length),
    distinct: true,
  });
  return reshape(flat, [rows, length, x.shape[1]!]);
}

/** The heads of packed states apart, with zeros for padding. Shapes: `[P, H]` → `[R, heads, T, H / heads]`. */
export function unpackHeads(x: Value, { rows, length, heads, headPlaces }: Packing): Value {
  const size = (x.shape[1] as number) / heads;
  const updates = reshape(x, [headPlaces.shape[0]!, size]);
  const flat = scatterAddRows({
    ids: headPlaces,
    updates,
    rows: multiplyDims(rows, heads, length),
    distinct: true,
  });
  return reshape(flat, [rows, heads, length, size]);
}

/** Heads side by side, without the padding. Shapes: `[R, heads, T, d]` → `[P, heads·d]`. */
export function packHeads(x: Value, { rows, length, heads, places, headPlaces }: Packing): Value {
  const size = x.shape[3] as number;
  const flat = reshape(x, [multiplyDims(rows, heads, length), size]);
  const taken = takeRows(flat, headPlaces, { distinct: true });
  return reshape(taken, [places.shape[0]!, heads * size]);
}
