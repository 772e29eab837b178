import { describe, expect, it } from 'vitest';
import { input, reduceSum, tanh } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { createPacking, pack, packHeads, unpack, unpackHeads } from '../../src/nn/packing.ts';
import { checkGradient } from '../graph/check-gradient.ts';
import { drawDoubles } from '../graph/fixtures.ts';
import { type Doubles, evaluate } from '../graph/reference.ts';

// Two texts of 3 and 1 tokens, padded to 4 places, in two copies.
const [copies, batch, length, heads, hidden] = [2, 2, 4, 2, 6];
const size = hidden / heads;
const tokens = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
] as const;
const int64 = (name: string) => input(name, { dtype: 'int64', shape: ['tokens'] });
const vector = (values: readonly number[]): Doubles => ({
  shape: [values.length],
  data: Float64Array.from(values),
});
const places = {
  rows: vector(tokens.map(([row]) => row)),
  positions: vector(tokens.map(([, position]) => position)),
};
const packing = createPacking(
  { rows: int64('rows'), positions: int64('positions') },
  { copies, batch: 'batch', length: 'length', heads },
);
/** Row and position of each packed token, copies one after the other. */
const packed = [0, 1].flatMap((copy) => tokens.map(([row, position]) => [copy * batch + row, position]));

const dims = { batch, length, tokens: tokens.length };
const shapes = {
  padded: ['2*batch', 'length', hidden],
  packed: ['2*tokens', hidden],
  paddedHeads: ['2*batch', heads, 'length', size],
} as const;
const symbols = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => [name, input(name, { dtype: 'float32', shape })]),
) as Record<keyof typeof shapes, Value>;
const drawn = drawDoubles(shapes, { dims });
const feeds = { ...drawn, ...places };

const run = (value: Value): Doubles => evaluate([value], { feeds, dims })[0]!;
const at = ({ shape, data }: Doubles, index: readonly number[]) =>
  data[index.reduce((offset, i, axis) => offset * shape[axis]! + i, 0)];

describe('packing', () => {
  it('takes the tokens of every copy, row by row', () => {
    const result = run(pack(symbols.padded, packing));
    expect(result.shape).toEqual([8, hidden]);
    for (const [token, [row, position]] of packed.entries()) {
      for (let h = 0; h < hidden; h++) {
        expect(at(result, [token, h])).toBe(at(drawn.padded, [row!, position!, h]));
      }
    }
  });

  it('puts them back among zeros', () => {
    const result = run(unpack(symbols.packed, packing));
    expect(result.shape).toEqual([4, length, hidden]);
    for (let row = 0; row < copies * batch; row++) {
      for (let position = 0; position < length; position++) {
        const token = packed.findIndex(([r, p]) => r === row && p === position);
        for (let h = 0; h < hidden; h++) {
          const expected = token < 0 ? 0 : at(drawn.packed, [token, h]);
          expect(at(result, [row, position, h])).toBe(expected);
        }
      }
    }
  });

  it('takes heads apart and joins them', () => {
    const apart = run(unpackHeads(symbols.packed, packing));
    expect(apart.shape).toEqual([4, heads, length, size]);
    const joined = run(packHeads(symbols.paddedHeads, packing));
    expect(joined.shape).toEqual([8, hidden]);
    for (const [token, [row, position]] of packed.entries()) {
      for (let h = 0; h < hidden; h++) {
        const place = [row!, Math.floor(h / size), position!, h % size];
        expect(at(apart, place)).toBe(at(drawn.packed, [token, h]));
        expect(at(joined, [token, h])).toBe(at(drawn.paddedHeads, place));
      }
    }
    const zeros = apart.data.filter((x) => x === 0).length;
    expect(zeros).toBe((copies * batch * length - packed.length) * hidden);
  });

  it.each([
    ['pack', 'padded', pack],
    ['unpack', 'packed', unpack],
    ['unpackHeads', 'packed', unpackHeads],
    ['packHeads', 'paddedHeads', packHeads],
  ] as const)('%s passes gradients', (_, from, move) => {
    const x = symbols[from];
    checkGradient(reduceSum(tanh(move(x, packing))), { [from]: x }, { feeds, dims });
  });
});
