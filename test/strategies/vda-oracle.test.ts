import { describe, expect, it } from 'vitest';
import { readFloat32, readSafetensors } from '../../src/pretrained/safetensors.ts';
import { expectStep } from './expect-step.ts';
import { oracle, takeOne } from './tiny-step.ts';

const gradients = readSafetensors(
  new URL('../fixtures/strategies/gradients.safetensors', import.meta.url).pathname,
);

describe.each(Object.entries(oracle.cases))('a step, %s', (name, expected) => {
  it('has the loss and the gradients of the paper’s equations, by PyTorch', async () => {
    const whole = (parameter: string) =>
      gradients.entries.has(`${name}/${parameter}`)
        ? readFloat32(gradients, `${name}/${parameter}`).data
        : undefined;
    expectStep(await takeOne(expected.options), expected, whole);
  });
});

it('holds every parameter of two cases against the oracle', () => {
  const parameters = Object.keys(oracle.cases.standard!.norms).length;
  expect(gradients.entries.size).toBe(2 * parameters);
});
