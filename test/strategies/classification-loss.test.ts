import { describe, expect, it } from 'vitest';
import { emitModel } from '../../src/graph/emit-model.ts';
import { gradient } from '../../src/graph/gradient.ts';
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
import { batchOf, stepOf } from './tiny-step.ts';

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
  meanClassWeight: { shape: [], data: Float64Array.of(2.5) },
};
const meanClassWeight = input('meanClassWeight', { dtype: 'float32', shape: [] });
const lossOf = (options: Partial<LossOptions>) =>
  createClassificationLoss(options).trace({ meanClassWeight });
const dims = { batch: 2, classes: 3 };

/** An example of each option. */
const examples: { readonly [K in keyof LossOptions]: LossOptions[K] } = {
  labelSmoothingFactor: 0.2,
  classWeights: [0.5, 2, 3],
  trainTemperature: 2.5,
  floodingLevel: 3,
};

describe('the classification loss', () => {
  it('without options is the program of plain mean cross-entropy, node by node', () => {
    const loss = lossOf({ labelSmoothingFactor: 0, trainTemperature: 1, floodingLevel: 0 });
    expect(emitModel({ loss: loss(z, y) })).toEqual(emitModel({ loss: crossEntropy(z, y) }));
  });

  it('is no part of what a training is where its options are left out or the defaults', () => {
    expect(lossIdentity({})).toBeUndefined();
    expect(lossIdentity({ labelSmoothingFactor: 0 })).toBeUndefined();
  });

  it.each(Object.entries(examples))('with %s %s has the gradient of central differences', (name, value) => {
    const loss = lossOf({ [name]: value });
    checkGradient(loss(z, y), { z }, { feeds, dims });
    const mixed = loss(z, [
      { labels: y, weight: scalar(0.3) },
      { labels: other, weight: scalar(0.7) },
    ]);
    checkGradient(mixed, { z }, { feeds, dims });
    expect(lossIdentity({ [name]: value })?.settings).toEqual({ [name]: value });
  });

  it('with label smoothing ε of equal logits is ln C, as without', () => {
    const loss = lossOf({ labelSmoothingFactor: 0.3 });
    const equal = { ...feeds, z: { shape: [2, 3], data: new Float64Array(6).fill(5) } };
    expect(evaluate([loss(z, y)], { feeds: equal, dims })[0]!.data[0]).toBeCloseTo(Math.log(3), 7);
  });

  it('with temperature T has the gradient (softmax(z/T) − onehot y)/N, no smaller for a large T', () => {
    const T = 4;
    const { z: dz } = gradient(lossOf({ trainTemperature: T })(z, y), { z });
    const labels = [1, 2];
    const expected = logits.flatMap((row, n) => {
      const powers = row.map((x) => Math.exp(x / T));
      const sum = powers.reduce((a, b) => a + b);
      return powers.map((power, c) => (power / sum - Number(c === labels[n])) / 2);
    });
    [...evaluate([dz!], { feeds, dims })[0]!.data].forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i]!, 7);
    });
  });

  it('with flooding at b is |L − b| + b: below b the gradient is that of −L, and uphill it is that of L', () => {
    const plain = lossOf({});
    const [L] = evaluate([plain(z, y)], { feeds, dims })[0]!.data as unknown as [number];
    const { z: dL } = gradient(plain(z, y), { z });
    for (const [b, sign] of [
      [L - 0.5, 1],
      [L + 0.5, -1],
    ] as const) {
      const loss = lossOf({ floodingLevel: b });
      const { z: dz } = gradient(loss(z, y), { z });
      const wanted = [loss(z, y), dz!, loss.uphill(dz!, z, y), dL!];
      const [value, turned, uphill, own] = evaluate(wanted, { feeds, dims }).map(({ data }) => [...data]);
      expect(value![0]).toBeCloseTo(b + 0.5, 6);
      turned!.forEach((x, i) => {
        expect(x).toBeCloseTo(sign * own![i]!, 7);
      });
      expect(uphill).toEqual(own);
    }
  });

  it.each(['standard', 'freelb', 'rdrop'] as const)(
    'with class weights trains on three batches of one text as on one of three: %s',
    async (name) => {
      const p = { strategy: { name }, loss: { classWeights: [0.5, 2, 3] } };
      const [together, apart] = [await stepOf(null, p), await stepOf(null, p)];
      const { loss } = await together.takeStep(batchOf());
      const { stepLabels } = batchOf();
      let sum = 0;
      for (const row of [0, 1, 2]) {
        const batch = batchOf({ rows: [row], weight: 1 / 3, stepLabels });
        sum += (await apart.takeStep(batch)).loss / 3;
      }
      expect(sum).toBeCloseTo(loss, 5);
      for (const [parameter, data] of Object.entries(together.gradients())) {
        const other = apart.gradients()[parameter]!;
        const distance = Math.hypot(...data.map((value, i) => value - other[i]!));
        expect(distance, parameter).toBeLessThan(1e-5 * Math.hypot(...data) + 1e-6);
      }
    },
  );

  it('has an example of each option here', () => {
    expect(Object.keys(examples)).toEqual(Object.keys(lossOptions));
  });
});

it('is refused by createStep where an option is out of range or unknown', async () => {
  await expect(stepOf(null, { loss: { labelSmoothingFactor: 1 } })).rejects.toThrow(
    'createStep, loss: labelSmoothingFactor: expected a number at least 0 and below 1, got 1.',
  );
  await expect(stepOf(null, { loss: { classWeights: [1, 0, 1] } })).rejects.toThrow(
    'createStep, loss: classWeights: expected a list, each a number above 0, got a list of 3.',
  );
  await expect(stepOf(null, { loss: { classWeights: [1, 2] } })).rejects.toThrow(
    'createStep: classWeights: expected 3 weights, one for each class in the order of the labels, got 2.',
  );
  await expect(stepOf(null, { loss: { smoothing: 0.1 } as never })).rejects.toThrow(
    "there is no 'smoothing'",
  );
});
