import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MethodChoice } from '../../src/strategies/index.ts';
import { methods } from '../../src/strategies/index.ts';
import type { VdaOptions } from '../../src/strategies/vda-options.ts';
import { batchOf, oracle, stepOf } from './tiny-step.ts';

interface Case {
  readonly method: MethodChoice['name'];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly vda: VdaOptions | null;
  readonly officialCode: boolean;
  readonly loss: number;
  readonly ce: number;
  readonly reg: number;
  readonly aux?: number;
  readonly norms: Readonly<Record<string, number>>;
  readonly entries: readonly number[];
}

/** What oracles/method_step.py worked out for the batch of oracles/vda_step.py. */
const { step, cases }: { readonly step: number; readonly cases: Readonly<Record<string, Case>> } = JSON.parse(
  readFileSync(new URL('../fixtures/strategies/methods.json', import.meta.url), 'utf8'),
);
const tolerance = 1e-4;

describe.each(Object.entries(cases))('a step of %s', (_, expected) => {
  it('has the loss and the gradients of its paper’s equations, by PyTorch', async () => {
    const method = { name: expected.method, settings: expected.settings } as MethodChoice;
    const { officialCode } = expected;
    const { takeStep, parameters } = await stepOf(expected.vda, { method, officialCode });
    if (expected.settings.bregmanWeight) {
      // The teacher sees the weights of a first step and those after it, here moved by a tenth.
      await takeStep(batchOf({ step: 0 }));
      for (const { data } of Object.values(parameters.gradients)) data.fill(0);
      for (const { data } of Object.values(parameters.weights)) data.set(data.map((w) => 1.1 * w));
    }
    const metrics = await takeStep(batchOf({ step }));

    for (const figure of ['loss', 'ce', 'reg', 'aux'] as const) {
      if (expected[figure] === undefined) expect(metrics[figure]).toBeUndefined();
      else
        expect(Math.abs(metrics[figure]! - expected[figure]), figure).toBeLessThan(
          tolerance * Math.abs(expected[figure]) + 1e-9,
        );
    }
    // Some gradients are 0 by symmetry (a key's bias), so errors are also measured against the largest of all.
    const floor = 1e-6 * Math.max(...Object.values(expected.norms));
    for (const [parameter, norm] of Object.entries(expected.norms)) {
      const length = Math.hypot(...parameters.gradients[parameter]!.data);
      expect(Math.abs(length - norm), `norm of ${parameter}`).toBeLessThan(tolerance * norm + floor);
    }
    for (const [i, [parameter, index]] of oracle.entries.entries()) {
      const apart = Math.abs(parameters.gradients[parameter]!.data[index]! - expected.entries[i]!);
      expect(apart, `${parameter}[${index}]`).toBeLessThan(tolerance * expected.norms[parameter]! + floor);
    }
  });
});

it('holds every method but plain training against the oracle, alone and with VDA', () => {
  for (const name of Object.keys(methods).filter((each) => each !== 'standard')) {
    const own = Object.values(cases).filter(({ method }) => method === name);
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
