import { expect, it } from 'vitest';
import { tensor } from '../../src/base/tensor.ts';
import { meanOfWeights } from '../../src/models/mean-of-weights.ts';
import type { PretrainedModel } from '../../src/models/pretrained-model.ts';

const model = (folder: string, weights: Readonly<Record<string, readonly number[]>>): PretrainedModel =>
  ({
    folder,
    weights: Object.fromEntries(
      Object.entries(weights).map(([name, values]) => [
        name,
        tensor('float32', [values.length], Float32Array.from(values)),
      ]),
    ),
  }) as unknown as PretrainedModel;

it('is Σ cᵢ·wᵢ, past a model where a share is below 0', () => {
  const [a, b] = [model('a', { bias: [1, 2], scale: [4] }), model('b', { scale: [8], bias: [3, -2] })];
  const mean = (...shares: readonly [number, number]) =>
    Object.fromEntries(
      [
        ...meanOfWeights([
          { model: a, share: shares[0] },
          { model: b, share: shares[1] },
        ]),
      ].map(([name, { shape, data }]) => [name, [shape, ...data]]),
    );
  expect(mean(0.75, 0.25)).toEqual({ bias: [[2], 1.5, 1], scale: [[1], 5] });
  expect(mean(-1, 2)).toEqual({ bias: [[2], 5, -6], scale: [[1], 12] });
});

it('sums in double precision and rounds once', () => {
  const parts = [1, 1e-9, -1].map((value, i) => ({ model: model(`${i}`, { w: [value] }), share: 1 }));
  expect(meanOfWeights(parts).get('w')!.data[0]).toBe(Math.fround(1 + Math.fround(1e-9) - 1));
});

it.each([
  ['another shape', { w: [1, 2] }, 'The weight w is [1] in a and [2] in b'],
  ['one more', { w: [1], more: [1] }, 'The weight more is not there in a and [1] in b'],
  ['one fewer', {}, 'The weight w is [1] in a and not there in b'],
])('names the first weight that does not fit: %s', (_, weights, message) => {
  const parts = [model('a', { w: [1] }), model('b', weights)].map((one) => ({ model: one, share: 0.5 }));
  expect(() => meanOfWeights(parts)).toThrow(message);
});
