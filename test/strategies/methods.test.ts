import { describe, expect, it } from 'vitest';
import { randomKey, randomStream } from '../../src/base/random.ts';
import type { MethodChoice } from '../../src/strategies/index.ts';
import { drawBeta } from '../../src/strategies/smix.ts';
import { batchOf, logit, stepOf, takeOne } from './tiny-step.ts';

const same = async (a: MethodChoice, b: MethodChoice) => {
  const [one, other] = [await takeOne(null, { method: a }), await takeOne(null, { method: b })];
  for (const [name, gradient] of Object.entries(one.gradients)) {
    const norm = Math.hypot(...gradient);
    const apart = Math.hypot(...gradient.map((value, i) => value - other.gradients[name]![i]!));
    expect(apart, name).toBeLessThan(1e-5 * norm + 5e-7);
  }
  return [one.metrics, other.metrics] as const;
};

describe('a method whose own part is switched off', () => {
  it.each<MethodChoice>([
    { name: 'freelb', settings: { steps: 1, initMagnitude: 0 } },
    { name: 'smart', settings: { weight: 0 } },
    { name: 'rdrop', settings: { alpha: 0 } },
    { name: 'pgd', settings: { adversarialWeight: 0 } },
  ])('is plain training: $name', async (method) => {
    const [own, plain] = await same(method, { name: 'standard' });
    expect(own.loss).toBeCloseTo(plain.loss, 6);
  });

  it('is plain training: freelb without steps to go', async () => {
    const settings = { steps: 3, initMagnitude: 0, stepSize: 0 };
    await same({ name: 'freelb', settings }, { name: 'standard' });
  });
});

describe('dropout', () => {
  const method: MethodChoice = { name: 'freelb', settings: { steps: 2, initMagnitude: 0, stepSize: 0 } };
  const held: MethodChoice = { name: 'freelb', settings: { ...method.settings, holdDropout: true } };

  it('differs between the passes of R-Drop', async () => {
    const { metrics } = await takeOne(null, { method: { name: 'rdrop' }, classifierDropout: 0.5 });
    expect(metrics.aux).toBeGreaterThan(1e-3);
  });

  it('differs between the passes of FreeLB, unless held', async () => {
    const plain = await takeOne(null, { classifierDropout: 0.5 });
    const [free, same] = [
      await takeOne(null, { method, classifierDropout: 0.5 }),
      await takeOne(null, { method: held, classifierDropout: 0.5 }),
    ];
    expect(same.metrics.ce).toBeCloseTo(plain.metrics.ce, 6); // one set of masks, that of plain training
    expect(Math.abs(free.metrics.ce - plain.metrics.ce)).toBeGreaterThan(1e-3);
  });
});

it.each<MethodChoice>([
  { name: 'freelb' },
  { name: 'smart' },
  { name: 'smart', settings: { norm: 'l2', epsilon: 1, noiseStd: 0.2 } },
  { name: 'pgd' },
])('$name $settings perturbs a text alike whatever the batch and its padding', async (method) => {
  const { takeStep } = await stepOf(logit, { method });
  const together = await takeStep(batchOf());
  let [loss, aux] = [0, 0];
  for (const row of [0, 1, 2]) {
    const metrics = await takeStep(batchOf({ rows: [row], length: 12 }));
    loss += metrics.loss / 3;
    aux += (metrics.aux ?? 0) / 3;
  }
  expect(together.loss).toBeCloseTo(loss, 5);
  expect(together.aux ?? 0).toBeCloseTo(aux, 5);
});

it.each([0.1, 0.5, 1, 4])('drawBeta(%s) has the mean and the variance of Beta(α, α)', (alpha) => {
  const stream = randomStream(randomKey(3, 'beta'));
  const draws = Array.from({ length: 20_000 }, () => drawBeta(stream, alpha));
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
  const expected = 1 / (4 * (2 * alpha + 1));
  expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(expected / draws.length));
  expect(variance).toBeGreaterThan(0.95 * expected);
  expect(variance).toBeLessThan(1.05 * expected);
});
