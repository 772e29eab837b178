import { describe, expect, it } from 'vitest';
import { defaultsOf } from '../../src/base/option-table.ts';
import { scalar } from '../../src/graph/ops/constant.ts';
import { crossEntropy } from '../../src/nn/losses.ts';
import { compilePass } from '../../src/strategies/compile-step.ts';
import type { Strategy } from '../../src/strategies/define-strategy.ts';
import { forwardVersions } from '../../src/strategies/forward-versions.ts';
import { freelb } from '../../src/strategies/freelb.ts';
import { checkStrategy, type StrategyChoice, strategies } from '../../src/strategies/index.ts';
import { batchOf, logit, setupOf, stepOf, takeOne } from './tiny-step.ts';

const same = async (a: StrategyChoice, b: StrategyChoice) => {
  const [one, other] = [await takeOne(null, { strategy: a }), await takeOne(null, { strategy: b })];
  for (const [name, gradient] of Object.entries(one.gradients)) {
    const norm = Math.hypot(...gradient);
    const apart = Math.hypot(...gradient.map((value, i) => value - other.gradients[name]![i]!));
    expect(apart, name).toBeLessThan(1e-5 * norm + 5e-7);
  }
  return [one.metrics, other.metrics] as const;
};

describe('a strategy whose own part is switched off', () => {
  it.each<StrategyChoice>([
    { name: 'freelb', settings: { steps: 1, initMagnitude: 0 } },
    { name: 'smart', settings: { weight: 0 } },
    { name: 'rdrop', settings: { alpha: 0 } },
    { name: 'pgd', settings: { adversarialWeight: 0 } },
  ])('is plain training: $name', async (strategy) => {
    const [own, plain] = await same(strategy, { name: 'standard' });
    expect(own.loss).toBeCloseTo(plain.loss, 6);
  });

  it('is plain training: freelb without steps to go', async () => {
    const settings = { steps: 3, initMagnitude: 0, stepSize: 0 };
    await same({ name: 'freelb', settings }, { name: 'standard' });
  });
});

describe('dropout', () => {
  const strategy: StrategyChoice = { name: 'freelb', settings: { steps: 2, initMagnitude: 0, stepSize: 0 } };
  const held: StrategyChoice = { name: 'freelb', settings: { ...strategy.settings, holdDropout: true } };

  it('differs between the passes of R-Drop', async () => {
    const { metrics } = await takeOne(null, { strategy: { name: 'rdrop' }, classifierDropout: 0.5 });
    expect(metrics.ownTerm).toBeGreaterThan(1e-3);
  });

  it('differs between the passes of FreeLB, unless held', async () => {
    const stepWith = (p: { readonly strategy?: StrategyChoice }) =>
      stepOf(null, { ...p, classifierDropout: 0.5 });
    const [plain, free, same] = [
      await stepWith({}),
      await stepWith({ strategy }),
      await stepWith({ strategy: held }),
    ];
    const apart: number[] = [];
    for (const step of [0, 1, 2, 3]) {
      const { ce } = await plain.takeStep(batchOf({ step }));
      expect((await same.takeStep(batchOf({ step }))).ce).toBeCloseTo(ce, 6); // one set of masks, that of plain training
      apart.push(Math.abs((await free.takeStep(batchOf({ step }))).ce - ce));
    }
    expect(Math.min(...apart)).toBeGreaterThan(1e-5);
    expect(Math.max(...apart)).toBeGreaterThan(1e-3);
  });

  it('of the passes of FreeLB is that of their names, the first that of plain training, at any step', async () => {
    const { setup } = setupOf({ classifierDropout: 0.5 });
    const pass = await compilePass({
      ...setup,
      objective: (inputs) => {
        const ce = crossEntropy(
          forwardVersions(setup, inputs, [inputs.tokens]).logits[0]!,
          inputs.batch.labels,
        );
        return { loss: ce, ce, reg: scalar(0) };
      },
    });
    const batch = batchOf({ step: 5 });
    const ofPasses: number[] = [];
    for (const name of ['', 'pass.1', 'pass.2']) {
      ofPasses.push((await pass.run(batch, { pass: name })).metrics.ce);
      const steps = ofPasses.length;
      const settings = { steps, initMagnitude: 0, stepSize: 0 };
      const { metrics } = await takeOne(null, {
        ...{ batch, classifierDropout: 0.5 },
        strategy: { name: 'freelb', settings },
      });
      expect(metrics.ce).toBeCloseTo(ofPasses.reduce((sum, ce) => sum + ce, 0) / steps, 6);
    }
    expect(new Set(ofPasses).size).toBe(3);
  });

  it('of FreeLB is not that of the virtual texts added to it', async () => {
    const settings = { steps: 1, initMagnitude: 0, stepSize: 0 };
    const [alone, beside] = [
      await takeOne(logit, { classifierDropout: 0.5 }),
      await takeOne(logit, { classifierDropout: 0.5, strategy: { name: 'freelb', settings } }),
    ];
    expect(beside.metrics.ce).toBeCloseTo(alone.metrics.ce, 6);
    expect(Math.abs(beside.metrics.reg - alone.metrics.reg)).toBeGreaterThan(1e-3);
  });
});

it.each<StrategyChoice>([
  { name: 'freelb' },
  { name: 'smart' },
  { name: 'smart', settings: { norm: 'l2', epsilon: 1, noiseStd: 0.2 } },
  { name: 'pgd' },
])('$name $settings perturbs a text alike whatever the batch and its padding', async (strategy) => {
  const { takeStep } = await stepOf(logit, { strategy });
  const together = await takeStep(batchOf());
  let [loss, ownTerm] = [0, 0];
  for (const row of [0, 1, 2]) {
    const metrics = await takeStep(batchOf({ rows: [row], length: 12 }));
    loss += metrics.loss / 3;
    ownTerm += (metrics.ownTerm ?? 0) / 3;
  }
  expect(together.loss).toBeCloseTo(loss, 5);
  expect(together.ownTerm ?? 0).toBeCloseTo(ownTerm, 5);
});

it('published settings keep to their strategy’s rules; the first that FreeLB has are its defaults', () => {
  for (const [name, { presets = {} }] of Object.entries(strategies as Readonly<Record<string, Strategy>>)) {
    for (const { settings } of Object.values(presets)) checkStrategy('test', { name, settings } as never);
  }
  const { presets, options } = freelb as Strategy;
  expect(defaultsOf(options)).toMatchObject(presets!['sst-2']!.settings);
});

it('FreeLB without a bound goes as far as its steps carry it, with a bound no further than that', async () => {
  const lossAfter = async (maxNorm: number) => {
    const settings = { steps: 2, stepSize: 3, initMagnitude: 0, maxNorm };
    return (await takeOne(null, { strategy: { name: 'freelb', settings } })).metrics.loss;
  };
  const clean = (await takeOne(null, {})).metrics.loss;
  const [far, near] = [await lossAfter(0), await lossAfter(1e-4)];
  expect(near).toBeCloseTo(clean, 3);
  expect(far).toBeGreaterThan(clean + 0.01);
});

it.each([
  ...Object.keys(strategies).map((name) => ({ name })),
  { name: 'smart', settings: { bregmanWeight: 1 } },
] as StrategyChoice[])('$name $settings frees its programs', async (strategy) => {
  const { takeStep, release } = await stepOf(logit, { strategy });
  await takeStep(batchOf());
  await release();
  await expect(takeStep(batchOf())).rejects.toThrow('the program was released before');
});
