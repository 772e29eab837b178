import { describe, expect, it } from 'vitest';
import type { StrategyChoice } from '../../src/strategies/index.ts';
import { expectStep } from './expect-step.ts';
import { batchOf, stepOf } from './tiny-step.ts';
import { oracle, substitutes } from './vda/substitutes-oracle.ts';

describe.each(Object.entries(oracle.cases))('a step of %s', (_, expected) => {
  it('has the loss and the gradients of the equations, by PyTorch', async () => {
    const strategy = { name: expected.strategy, settings: expected.settings } as StrategyChoice;
    const { takeStep, gradients, release } = await stepOf(expected.vda, { strategy, substitutes });
    const metrics = await takeStep(batchOf({ step: oracle.step }));
    expectStep({ metrics, gradients: gradients() }, expected);
    await release();
  });
});

it('has cases that differ, so that each option matters', () => {
  const regs = Object.values(oracle.cases).flatMap(({ strategy, reg }) =>
    strategy === 'standard' ? reg : [],
  );
  expect(new Set(regs).size).toBe(regs.length);
});
