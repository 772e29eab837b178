import { describe, expect, it } from 'vitest';
import { input, reduceSum, tanh } from '../../src/graph/ops/index.ts';
import { type AttentionOptions, attention } from '../../src/nn/attention.ts';
import { noDropout, traceDropout } from '../../src/nn/dropout.ts';
import { checkGradient } from '../graph/check-gradient.ts';
import { drawDoubles, expectClose } from '../graph/fixtures.ts';
import { type Doubles, evaluate } from '../graph/reference.ts';

const [heads, hidden] = [2, 6];
const size = hidden / heads;
const dims = { batch: 2, queries: 2, length: 4 };
const shapes = {
  queries: ['batch', 'queries', hidden],
  keys: ['batch', 'length', hidden],
  values: ['batch', 'length', hidden],
} as const;
const f32 = (name: string, shape: readonly (number | string)[]) => input(name, { dtype: 'float32', shape });
const symbols = {
  queries: f32('queries', shapes.queries),
  keys: f32('keys', shapes.keys),
  values: f32('values', shapes.values),
};
const maskBias = f32('maskBias', ['batch', 1, 1, 'length']);
const options: AttentionOptions = {
  ...symbols,
  heads,
  maskBias,
  dropout: noDropout,
  site: 'weights',
  probability: 0.1,
};
const context = attention(symbols.queries, options);

const drawn = drawDoubles(shapes, { dims });
const seen = [
  [1, 1, 1, 1],
  [1, 1, 0, 0],
];
const feeds = {
  ...drawn,
  maskBias: { shape: [2, 1, 1, 4], data: Float64Array.from(seen.flat(), (x) => (x - 1) * 1e9) },
};

/** Eq. 1 of Vaswani et al. written out: a head at a time, over the keys that may be seen. */
function byHand(): Doubles {
  const at = ({ shape, data }: Doubles, [b, t, h]: readonly [number, number, number]) =>
    data[(b * shape[1]! + t) * hidden + h]!;
  const out: number[] = [];
  for (let b = 0; b < dims.batch; b++) {
    const visible = seen[b]!.flatMap((x, t) => (x ? [t] : []));
    for (let q = 0; q < dims.queries; q++) {
      for (let head = 0; head < heads; head++) {
        const columns = Array.from({ length: size }, (_, i) => head * size + i);
        const powers = visible.map((t) =>
          Math.exp(
            columns.reduce((dot, h) => dot + at(drawn.queries, [b, q, h]) * at(drawn.keys, [b, t, h]), 0) /
              Math.sqrt(size),
          ),
        );
        const total = powers.reduce((a, x) => a + x);
        out.push(
          ...columns.map((h) =>
            visible.reduce((sum, t, i) => sum + (powers[i]! / total) * at(drawn.values, [b, t, h]), 0),
          ),
        );
      }
    }
  }
  return { shape: [dims.batch, dims.queries, hidden], data: Float64Array.from(out) };
}

describe('attention', () => {
  it('is the equation, head by head, over the keys that may be seen', () => {
    const [actual] = evaluate([context], { feeds, dims });
    expectClose(actual!, byHand(), { tolerance: 1e-12, what: 'context' });
  });

  it('does not see masked keys and values', () => {
    const changed = (x: Doubles) => ({ ...x, data: x.data.map((v, i) => (i >= (4 + 2) * hidden ? 1e3 : v)) });
    const [before] = evaluate([context], { feeds, dims });
    const [after] = evaluate([context], {
      feeds: { ...feeds, keys: changed(drawn.keys), values: changed(drawn.values) },
      dims,
    });
    expect([...after!.data]).toEqual([...before!.data]);
  });

  it('passes gradients to queries, keys and values', () => {
    checkGradient(reduceSum(tanh(context)), symbols, { feeds, dims });
  });

  it('drops weights at its site', () => {
    const { dropout, sites } = traceDropout();
    attention(symbols.queries, { ...options, dropout });
    expect(sites).toEqual([
      { site: 'weights', shape: ['batch', heads, 'queries', 'length'], probability: 0.1 },
    ]);
  });
});
