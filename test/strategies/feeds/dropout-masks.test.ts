import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../../src/base/tensor.ts';
import type { DropoutSite } from '../../../src/nn/dropout.ts';
import { createDropoutMasks, type MaskRequest } from '../../../src/strategies/feeds/dropout-masks.ts';

const probability = 0.25;
const sites: readonly DropoutSite[] = [
  { site: 'weights', shape: ['3*batch', 2, 'length', 'length'], probability },
  { site: 'first', shape: ['3*batch', 2, 1, 'length'], probability },
  { site: 'states', shape: ['3*batch', 'length', 12], probability },
  { site: 'pooled', shape: ['3*batch', 9], probability },
];

/** A copy: the tensors of one call are overwritten by the next. */
const draw = (request: Partial<MaskRequest>, seed = 5, of = sites): Record<string, Tensor> => {
  const { exampleIds = [7], length = 6, lengths = exampleIds.map(() => length) } = request;
  const masks = createDropoutMasks(of, { seed })({ step: 4, exampleIds, length, lengths, ...request });
  return Object.fromEntries(
    Object.entries(masks).map(([name, t]) => [name, { ...t, data: t.data.slice() } as Tensor]),
  );
};

/** Element of a mask at an index. */
const at = ({ shape, data }: Tensor, index: readonly number[]) =>
  Number(data[index.reduce((offset, i, axis) => offset * shape[axis]! + i, 0)]);

/** All indices of a shape. */
const indicesOf = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (all, size) => all.flatMap((head) => Array.from({ length: size }, (_, i) => [...head, i])),
    [[]],
  );

describe('dropout masks', () => {
  it('have the shapes of their sites', () => {
    const masks = draw({ exampleIds: [1, 2], length: 5 });
    expect(Object.entries(masks).map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
      ['dropout/weights', 'uint8', [6, 2, 5, 5]],
      ['dropout/first', 'uint8', [6, 2, 1, 5]],
      ['dropout/states', 'uint8', [6, 5, 12]],
      ['dropout/pooled', 'uint8', [6, 9]],
    ]);
  });

  it.each(sites.map(({ site }) => site))('of %s do not depend on the batch nor on the padding', (site) => {
    const alone = draw({ exampleIds: [7], length: 6 })[`dropout/${site}`]!;
    const together = draw({ exampleIds: [3, 7, 11], length: 9 })[`dropout/${site}`]!;
    for (const [row, ...rest] of indicesOf(alone.shape)) {
      // Row r is copy r of the one example; among three, copy r of the second stands in row 3·r + 1.
      expect(at(together, [3 * row! + 1, ...rest])).toBe(at(alone, [row!, ...rest]));
    }
  });

  it('of packed states are those of padded states at the tokens', () => {
    const request = { exampleIds: [3, 7, 11], length: 9, lengths: [2, 9, 4] };
    const of = (shape: DropoutSite['shape']) =>
      Object.values(draw(request, 5, [{ site: 'states', shape, probability }]))[0]!;
    const [padded, packed] = [of(['3*batch', 'length', 12]), of(['3*tokens', 12])];
    const tokens = indicesOf([9, 9]).filter(([row, position]) => position! < request.lengths[row! % 3]!);
    expect(packed.shape).toEqual([tokens.length, 12]);
    for (const [token, [row, position]] of tokens.entries()) {
      for (let column = 0; column < 12; column++) {
        expect(at(packed, [token, column])).toBe(at(padded, [row!, position!, column]));
      }
    }
  });

  it('differ between examples, copies, heads, positions, sites, steps and seeds', () => {
    const base = draw({ exampleIds: [7, 8], length: 6 })['dropout/weights']!;
    const row = (t: Tensor, [r, head, query]: readonly [number, number, number]) =>
      Array.from({ length: 6 }, (_, key) => at(t, [r, head, query, key])).join('');
    const block = (t: Tensor, r: number, head: number) =>
      [0, 1, 2, 3, 4, 5].map((q) => row(t, [r, head, q])).join();
    const states = (t: Record<string, Tensor>) => t['dropout/states']!.data.join('');
    const other = draw({ exampleIds: [7, 8], length: 6 });
    expect(block(base, 0, 0)).not.toBe(block(base, 1, 0)); // example
    expect(block(base, 0, 0)).not.toBe(block(base, 2, 0)); // copy
    expect(block(base, 2, 0)).not.toBe(block(base, 4, 0));
    expect(block(base, 0, 0)).not.toBe(block(base, 0, 1)); // head
    expect(new Set([0, 1, 2, 3, 4, 5].map((q) => row(base, [0, 0, q]))).size).toBeGreaterThan(1); // position
    expect(block(base, 0, 0).slice(0, 6)).not.toBe(block(other['dropout/first']!, 0, 0).slice(0, 6)); // site
    expect(states(draw({ step: 5 }))).not.toBe(states(draw({ step: 4 })));
    expect(states(draw({}, 6))).not.toBe(states(draw({}, 5)));
    expect(states(draw({}))).toBe(states(draw({})));
  });

  it('of a place are the same whatever other places and passes there are', () => {
    const states = sites.filter(({ site }) => site === 'states');
    const [alone, among] = [draw({}, 5, states)['dropout/states']!, draw({})['dropout/states']!];
    expect(alone.data).toEqual(among.data);
    const masks = createDropoutMasks(states, { seed: 5 });
    const request = { step: 4, exampleIds: [7], length: 6, lengths: [6] };
    masks({ ...request, pass: 'pass.1' });
    expect(masks(request)['dropout/states']!.data).toEqual(alone.data);
  });

  it('of passes of different names are independent', () => {
    const exampleIds = Array.from({ length: 30 }, (_, i) => i);
    const [one, other] = [draw({ exampleIds }), draw({ exampleIds, pass: 'pass.1' })];
    for (const [name, { data }] of Object.entries(one)) {
      const others = other[name]!.data;
      const both = [...data].map((kept, i) => Number(kept) * Number(others[i]));
      const share = both.reduce((a, b) => a + b, 0) / both.length;
      // Kept in both passes: 0.75² of them, within four standard errors.
      const expected = 0.75 ** 2;
      expect(Math.abs(share - expected), name).toBeLessThan(
        4 * Math.sqrt((expected * (1 - expected)) / both.length),
      );
    }
  });

  it('of a pass are those of a scope of its name', () => {
    const scoped = [{ ...sites[2]!, site: 'ascent.0/states' }];
    expect(draw({ pass: 'ascent.0' })['dropout/states']!.data).toEqual(
      draw({}, 5, scoped)['dropout/ascent.0/states']!.data,
    );
  });

  it('keep the asked share', () => {
    const masks = draw({ exampleIds: Array.from({ length: 40 }, (_, i) => i), length: 20 });
    for (const { data } of Object.values(masks).filter(({ data }) => data.length > 5000)) {
      const kept = Array.from(data, Number).reduce((a, b) => a + b, 0) / data.length;
      // Four standard errors of a Bernoulli share.
      expect(Math.abs(kept - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25) / data.length));
      expect(data.every((x) => x === 0 || x === 1)).toBe(true);
    }
  });
});
