import { describe, expect, it } from 'vitest';
import { readFloat32, readSafetensors } from '../../src/checkpoints/safetensors.ts';
import { oracle, takeOne } from './tiny-step.ts';

const gradients = readSafetensors(
  new URL('../fixtures/strategies/gradients.safetensors', import.meta.url).pathname,
);
const tolerance = 1e-4;

describe.each(Object.entries(oracle.cases))('a step, %s', (name, expected) => {
  it('has the loss and the gradients of the paper’s equations, by PyTorch', async () => {
    const { metrics, gradients: got } = await takeOne(expected.options);
    for (const figure of ['loss', 'ce', 'reg'] as const) {
      expect(Math.abs(metrics[figure] - expected[figure]), figure).toBeLessThan(
        tolerance * Math.abs(expected[figure]) + 1e-9,
      );
    }
    // Some gradients are 0 by symmetry (a key's bias), so errors are also measured against the largest of all.
    const floor = 1e-6 * Math.max(...Object.values(expected.norms));
    for (const [parameter, norm] of Object.entries(expected.norms)) {
      const length = Math.hypot(...got[parameter]!);
      expect(Math.abs(length - norm), `norm of ${parameter}`).toBeLessThan(tolerance * norm + floor);
      const whole = gradients.entries.has(`${name}/${parameter}`)
        ? readFloat32(gradients, `${name}/${parameter}`).data
        : undefined;
      const apart = Math.hypot(...(whole ?? []).map((value, i) => value - got[parameter]![i]!));
      expect(apart, `gradient of ${parameter}`).toBeLessThan(tolerance * norm + floor);
    }
    for (const [i, [parameter, index]] of oracle.entries.entries()) {
      const apart = Math.abs(got[parameter]![index]! - expected.entries[i]!);
      expect(apart, `${parameter}[${index}]`).toBeLessThan(tolerance * expected.norms[parameter]! + floor);
    }
  });
});

it('holds every parameter of two cases against the oracle', () => {
  const parameters = Object.keys(oracle.cases.standard!.norms).length;
  expect(gradients.entries.size).toBe(2 * parameters);
});
