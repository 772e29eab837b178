import { describe, expect, it } from 'vitest';
import { adamwStep } from '../../src/optim/adamw.ts';
import { createParameterStore } from '../../src/optim/parameter-store.ts';
import oracle from '../fixtures/optim/adamw.json' with { type: 'json' };

type Name = keyof typeof oracle.shapes;
const names = Object.keys(oracle.shapes) as Name[];
const specs = names.map((name) => ({ name, shape: oracle.shapes[name], decay: name !== 'bias' }));

/** The closed form of oracles/adamw.py. */
const setValues = (out: Float32Array, { parameter, step }: { parameter: number; step: number }) => {
  const size = step % 3 ? 1 : 0.25;
  for (let i = 0; i < out.length; i++) out[i] = size * Math.sin(1 + 0.7 * i + 1.3 * step + 2.1 * parameter);
};

const { lr, betas, eps, weightDecay, maxGradNorm, gradScale } = oracle.settings;
const settings = { lr, betas: betas as [number, number], eps, weightDecay };

describe('adamwStep', () => {
  it.each([65_536, 1000])(
    'follows PyTorch for 20 steps with clipping, %d bytes a memory',
    (bytesPerMemory) => {
      const store = createParameterStore(specs, { optimizer: true, bytesPerMemory });
      const fill = (kind: typeof store.weights, step: number) => {
        for (const [parameter, name] of names.entries()) setValues(kind.get(name)!.data, { parameter, step });
      };
      fill(store.weights, 0);
      for (const [i, expected] of oracle.steps.entries()) {
        fill(store.gradients, i + 1);
        for (const { data } of store.gradients.values()) data.set(data.map((g) => gradScale * g));
        const report = adamwStep(store, { ...settings, maxGradNorm, step: i + 1 });
        expect(report.gradNorm).toBeCloseTo(expected.gradNorm, 5);
        expect(report.clipped).toBe(expected.gradNorm > maxGradNorm);
        for (const [name, weights] of Object.entries(expected.weights ?? {})) {
          const got = store.weights.get(name)!.data;
          const worst = Math.max(...weights.map((weight, j) => Math.abs(weight - got[j]!)));
          expect(worst).toBeLessThan(1e-6);
        }
        expect(store.gradientBuffers.every((buffer) => buffer.every((x) => x === 0))).toBe(true);
      }
    },
  );

  it('takes PyTorch’s defaults and leaves padding at zero', () => {
    const store = createParameterStore([{ name: 'w', shape: [1], decay: true }], { optimizer: true });
    store.weights.get('w')!.data[0] = 2;
    store.gradients.get('w')!.data[0] = -5;
    // Step 1: m̂ = g and v̂ = g², so w = 2·(1 − lr·0.01) + lr·5/(5 + 10⁻⁸).
    expect(adamwStep(store, { lr: 0.1, step: 1 })).toEqual({ gradNorm: 5, clipped: false });
    expect(store.weights.get('w')!.data[0]).toBeCloseTo(2 * (1 - 0.001) + 0.1, 6);
    const line = new Float32Array(store.weights.get('w')!.data.buffer, 0, 16);
    expect([...line.subarray(1)]).toEqual(Array(15).fill(0));
  });

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])('changes nothing when a gradient is %d', (bad) => {
    const store = createParameterStore(specs, { optimizer: true });
    store.weights.get('matrix')!.data.fill(1);
    store.gradients.get('wide')!.data[33] = bad;
    expect(() => adamwStep(store, { ...settings, step: 7 })).toThrow(/gradients of step 7 are not finite/);
    expect(store.weights.get('matrix')!.data.every((x) => x === 1)).toBe(true);
    expect(store.gradients.get('wide')!.data[33]).toBe(bad);
  });
});
