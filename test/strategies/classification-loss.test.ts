import { describe, expect, it } from 'vitest';
import { emitModel } from '../../src/graph/emit-model.ts';
import { input, scalar } from '../../src/graph/ops/index.ts';
import { crossEntropy } from '../../src/nn/losses.ts';
import {
  createClassificationLoss,
  type LossOptions,
  lossIdentity,
  lossOptions,
} from '../../src/strategies/classification-loss.ts';
import { checkGradient } from '../graph/check-gradient.ts';
import { evaluate } from '../graph/reference.ts';
import { stepOf } from './tiny-step.ts';

const z = input('z', { dtype: 'float32', shape: ['batch', 'classes'] });
const y = input('y', { dtype: 'int64', shape: ['batch'] });
const other = input('other', { dtype: 'int64', shape: ['batch'] });

const logits = [
  [0.3, 1.1, -0.5],
  [2, -1, 0],
];
const feeds = {
  z: { shape: [2, 3], data: Float64Array.from(logits.flat()) },
  y: { shape: [2], data: Float64Array.from([1, 2]) },
  other: { shape: [2], data: Float64Array.from([2, 1]) },
};
const dims = { batch: 2, classes: 3 };

/** An example of each option. */
const examples: { readonly [K in keyof LossOptions]: LossOptions[K] } = {
  labelSmoothingFactor: 0.2,
};

describe('the classification loss', () => {
  it('without options is the program of plain mean cross-entropy, node by node', () => {
    const loss = createClassificationLoss({ ...examples, labelSmoothingFactor: 0 });
    expect(emitModel({ loss: loss(z, y) })).toEqual(emitModel({ loss: crossEntropy(z, y) }));
  });

  it('is no part of what a training is where its options are left out or the defaults', () => {
    expect(lossIdentity({})).toBeUndefined();
    expect(lossIdentity({ labelSmoothingFactor: 0 })).toBeUndefined();
  });

  it.each(Object.entries(examples))('with %s %s has the gradient of central differences', (name, value) => {
    const loss = createClassificationLoss({ [name]: value });
    checkGradient(loss(z, y), { z }, { feeds, dims });
    const mixed = loss(z, [
      { labels: y, weight: scalar(0.3) },
      { labels: other, weight: scalar(0.7) },
    ]);
    checkGradient(mixed, { z }, { feeds, dims });
    expect(lossIdentity({ [name]: value })?.settings).toEqual({ [name]: value });
  });

  it('with label smoothing ε of equal logits is ln C, as without', () => {
    const loss = createClassificationLoss({ labelSmoothingFactor: 0.3 });
    const equal = { ...feeds, z: { shape: [2, 3], data: new Float64Array(6).fill(5) } };
    expect(evaluate([loss(z, y)], { feeds: equal, dims })[0]!.data[0]).toBeCloseTo(Math.log(3), 7);
  });

  it('has an example of each option here', () => {
    expect(Object.keys(examples)).toEqual(Object.keys(lossOptions));
  });
});

it('is refused by createStep where an option is out of range or unknown', async () => {
  await expect(stepOf(null, { loss: { labelSmoothingFactor: 1 } })).rejects.toThrow(
    'createStep, loss: labelSmoothingFactor: expected a number at least 0 and below 1, got 1.',
  );
  await expect(stepOf(null, { loss: { smoothing: 0.1 } as never })).rejects.toThrow(
    "there is no 'smoothing'",
  );
});
