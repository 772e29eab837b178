import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StrategyChoice } from '../../src/strategies/index.ts';
import { strategies } from '../../src/strategies/index.ts';
import type { VdaOptions } from '../../src/strategies/vda/options.ts';
import { type ExpectedStep, expectStep } from './expect-step.ts';
import { batchOf, stepOf } from './tiny-step.ts';

interface Case extends ExpectedStep {
  readonly strategy: StrategyChoice['name'];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly vda: VdaOptions | null;
  readonly officialCode: boolean;
}

/** What oracles/strategy_step.py worked out for the batch of oracles/vda_step.py. */
const { step, cases }: { readonly step: number; readonly cases: Readonly<Record<string, Case>> } = JSON.parse(
  readFileSync(new URL('../fixtures/strategies/strategies.json', import.meta.url), 'utf8'),
);

describe.each(Object.entries(cases))('a step of %s', (_, expected) => {
  it('has the loss and the gradients of its paper’s equations, by PyTorch', async () => {
    const strategy = { name: expected.strategy, settings: expected.settings } as StrategyChoice;
    const { officialCode } = expected;
    const { takeStep, store, gradients } = await stepOf(expected.vda, { strategy, officialCode });
    if (expected.settings.bregmanWeight) {
      // The teacher sees the weights of a first step and those after it, here moved by a tenth.
      await takeStep(batchOf({ step: 0 }));
      for (const buffer of store.gradientBuffers) buffer.fill(0);
      for (const { name } of store.parameters) {
        store.write(name, { values: store.read(name).data.map((w) => 1.1 * w) });
      }
    }
    const metrics = await takeStep(batchOf({ step }));
    expectStep({ metrics, gradients: gradients() }, expected);
  });
});

it('holds every strategy but plain training against the oracle, alone and with VDA', () => {
  for (const name of Object.keys(strategies).filter((each) => each !== 'standard')) {
    const own = Object.values(cases).filter(({ strategy }) => strategy === name);
    expect(
      own.some(({ vda }) => vda === null),
      name,
    ).toBe(true);
    expect(
      own.some(({ vda }) => vda !== null),
      name,
    ).toBe(true);
  }
});
