import { describe, expect, it } from 'vitest';
import { emitModel } from '../../src/graph/emit-model.ts';
import { input, reduceSum } from '../../src/graph/ops/index.ts';
import { noDropout, traceDropout } from '../../src/nn/dropout.ts';
import { evaluate } from '../graph/reference.ts';

const x = input('x', { dtype: 'float32', shape: ['batch', 3] });

describe('dropout while tracing', () => {
  it('makes an input for the mask of each place, in order', () => {
    const { dropout, sites } = traceDropout();
    const y = dropout(dropout(x, { site: 'a', probability: 0.1 }), { site: 'b', probability: 0.5 });
    expect(sites).toEqual([
      { site: 'a', shape: ['batch', 3], probability: 0.1 },
      { site: 'b', shape: ['batch', 3], probability: 0.5 },
    ]);
    expect(emitModel({ y }).inputs).toEqual([
      { name: 'x', dtype: 'float32', shape: ['batch', 3] },
      { name: 'dropout/a', dtype: 'uint8', shape: ['batch', 3] },
      { name: 'dropout/b', dtype: 'uint8', shape: ['batch', 3] },
    ]);
  });

  it('zeroes what the mask drops and scales the rest by 1/(1 − p)', () => {
    const { dropout } = traceDropout();
    const y = dropout(x, { site: 'a', probability: 0.2 });
    const feeds = {
      x: { shape: [1, 3], data: Float64Array.of(4, 5, 6) },
      'dropout/a': { shape: [1, 3], data: Float64Array.of(1, 0, 1) },
    };
    expect([...evaluate([y], { feeds, dims: { batch: 1 } })[0]!.data]).toEqual([5, 0, 7.5]);
  });

  it('with probability 0 makes no place', () => {
    const { dropout, sites } = traceDropout();
    expect(dropout(x, { site: 'a', probability: 0 })).toBe(x);
    expect(sites).toEqual([]);
  });

  it('is nothing for evaluation', () => {
    expect(noDropout(x, { site: 'a', probability: 0.5 })).toBe(x);
    expect(emitModel({ y: reduceSum(x) }).inputs).toHaveLength(1);
  });
});
