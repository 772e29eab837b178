import { describe, expect, it } from 'vitest';
import { createArenaStore } from '../../src/optim/arena-store.ts';
import type { ParameterPart } from '../../src/optim/parameter-store.ts';
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

describe('an AdamW step', () => {
  it.each([65_536, 1000])(
    'follows PyTorch for 20 steps with clipping, %d bytes a memory',
    (bytesPerMemory) => {
      const store = createArenaStore(specs, { bytesPerMemory });
      const fill = (part: ParameterPart, { step, scale = 1 }: { step: number; scale?: number }) => {
        for (const [parameter, name] of names.entries()) {
          const values = store.read(name).data.slice();
          setValues(values, { parameter, step });
          store.write(name, { part, values: values.map((value) => scale * value) });
        }
      };
      fill('weights', { step: 0 });
      for (const [i, expected] of oracle.steps.entries()) {
        fill('gradients', { step: i + 1, scale: gradScale });
        const report = store.step({ ...settings, maxGradNorm, step: i + 1 });
        expect(report.gradNorm).toBeCloseTo(expected.gradNorm, 5);
        expect(report.clipped).toBe(expected.gradNorm > maxGradNorm);
        for (const [name, weights] of Object.entries(expected.weights ?? {})) {
          const got = store.read(name).data;
          const worst = Math.max(...weights.map((weight, j) => Math.abs(weight - got[j]!)));
          expect(worst).toBeLessThan(1e-6);
        }
        expect(store.gradientBuffers.every((buffer) => buffer.every((x) => x === 0))).toBe(true);
      }
    },
  );

  it('takes PyTorch’s defaults and leaves padding at zero', () => {
    const store = createArenaStore([{ name: 'w', shape: [1], decay: true }]);
    store.write('w', { values: Float32Array.of(2) });
    store.write('w', { part: 'gradients', values: Float32Array.of(-5) });
    // Step 1: m̂ = g and v̂ = g², so w = 2·(1 − lr·0.01) + lr·5/(5 + 10⁻⁸).
    expect(store.step({ lr: 0.1, step: 1 })).toEqual({ gradNorm: 5, clipped: false });
    expect(store.read('w').data[0]).toBeCloseTo(2 * (1 - 0.001) + 0.1, 6);
    const line = new Float32Array(store.read('w').data.buffer, 0, 16);
    expect([...line.subarray(1)]).toEqual(Array(15).fill(0));
  });

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])('changes nothing when a gradient is %d', (bad) => {
    const store = createArenaStore(specs);
    store.write('matrix', { values: store.read('matrix').data.map(() => 1) });
    store.write('wide', {
      part: 'gradients',
      values: store.read('wide').data.map((_, i) => (i === 33 ? bad : 0)),
    });
    expect(() => store.step({ ...settings, step: 7 })).toThrow(/gradients of step 7 are not finite/);
    expect(store.read('matrix').data.every((x) => x === 1)).toBe(true);
    expect(store.read('wide', 'gradients').data[33]).toBe(bad);
  });
});
