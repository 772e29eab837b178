import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LossOptions } from '../../src/strategies/classification-loss.ts';
import { lossOptions } from '../../src/strategies/classification-loss.ts';
import type { StrategyChoice } from '../../src/strategies/index.ts';
import type { VdaOptions } from '../../src/strategies/vda/options.ts';
import { type ExpectedStep, expectStep } from './expect-step.ts';
import { batchOf, stepOf } from './tiny-step.ts';

interface Case extends ExpectedStep {
  readonly strategy: StrategyChoice['name'];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly vda: VdaOptions | null;
  readonly lossOptions: Partial<LossOptions>;
}

/** What oracles/strategy_step.py worked out, with `torch.nn.functional.cross_entropy` and its options as the loss. */
const { step, cases }: { readonly step: number; readonly cases: Readonly<Record<string, Case>> } = JSON.parse(
  readFileSync(new URL('../fixtures/strategies/losses.json', import.meta.url), 'utf8'),
);

describe.each(Object.entries(cases))('a step of %s', (_, expected) => {
  it('has the loss and the gradients of PyTorch’s cross-entropy with these options', async () => {
    const strategy = { name: expected.strategy, settings: expected.settings } as StrategyChoice;
    const { takeStep, gradients } = await stepOf(expected.vda, { strategy, loss: expected.lossOptions });
    const metrics = await takeStep(batchOf({ step }));
    expectStep({ metrics, gradients: gradients() }, expected);
  });
});

it('holds every option of the loss against the oracle: plain, with mixed labels, over several passes', () => {
  for (const option of Object.keys(lossOptions)) {
    const own = Object.values(cases).filter((one) => Object.keys(one.lossOptions).join() === option);
    expect(own.map(({ strategy }) => strategy)).toEqual(
      expect.arrayContaining(['standard', 'smix', 'freelb']),
    );
  }
});
