import { describe, expect, it } from 'vitest';
import { drop, input, reduceSum, tanh } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { attention } from '../../src/nn/attention.ts';
import type { Dropout } from '../../src/nn/dropout.ts';
import { linear } from '../../src/nn/linear.ts';
import { singleQueryAttention } from '../../src/nn/single-query-attention.ts';
import { checkGradient } from '../graph/check-gradient.ts';
import { drawDoubles, expectClose } from '../graph/fixtures.ts';
import { evaluate } from '../graph/reference.ts';

const [heads, hidden] = [2, 6];
const dims = { batch: 2, length: 4 };
const shapes = {
  query: ['batch', 1, hidden],
  states: ['batch', 'length', hidden],
  keyWeight: [hidden, hidden],
  keyBias: [hidden],
  valueWeight: [hidden, hidden],
  valueBias: [hidden],
} as const;
type Name = keyof typeof shapes;
const symbols = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => [name, input(name, { dtype: 'float32', shape })]),
) as Record<Name, Value>;
const feeds = {
  ...drawDoubles(shapes, { dims }),
  // The second text is padded after two tokens.
  maskBias: { shape: [2, 1, 1, 4], data: Float64Array.of(0, 0, 0, 0, 0, 0, -1e9, -1e9) },
  // The first text's first token is dropped by the first head, so its weights do not add up to 1.
  mask: {
    shape: [2, heads, 1, 4],
    data: Float64Array.from({ length: 2 * heads * 4 }, (_, i) => (i === 0 ? 0 : 1)),
  },
};
const mask = input('mask', { dtype: 'uint8', shape: ['batch', heads, 1, 'length'] });
const dropout: Dropout = (x, { probability }) => drop(x, { mask, probability });
const options = {
  ...{ heads, dropout, site: 'weights', probability: 0.1 },
  maskBias: input('maskBias', { dtype: 'float32', shape: ['batch', 1, 1, 'length'] }),
};

const { query, states, keyWeight, keyBias, valueWeight, valueBias } = symbols;
const context = singleQueryAttention(query, {
  ...{ states, keyWeight, value: { weight: valueWeight, bias: valueBias } },
  ...options,
});
/** Keys and values worked out for every token, the key's bias included. */
const plain = attention(query, {
  keys: linear(states, { weight: keyWeight, bias: keyBias }),
  values: linear(states, { weight: valueWeight, bias: valueBias }),
  ...options,
});

describe('singleQueryAttention', () => {
  it('is attention over keys and values of every token', () => {
    const [actual, expected] = evaluate([context, plain], { feeds, dims });
    expect(actual!.shape).toEqual([2, 1, hidden]);
    expectClose(actual!, expected!, { tolerance: 1e-12, what: 'context' });
  });

  it('passes gradients to the query, the states, the weights and the value’s bias', () => {
    const { keyBias: _, ...reached } = symbols;
    checkGradient(reduceSum(tanh(context)), reached, { feeds, dims });
  });
});
