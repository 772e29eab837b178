import { describe, expect, it } from 'vitest';
import { createNoise, type NoiseRequest } from '../../../src/strategies/feeds/noise.ts';

const source = { seed: 5, purpose: 'test', std: 0.5 };
const draw = (request: Partial<NoiseRequest>, from = source) => {
  const noise = createNoise(from)({
    exampleIds: [7],
    length: 4,
    columns: 3,
    samples: 2,
    epoch: 1,
    ...request,
  });
  return { ...noise, data: [...noise.data] };
};

describe('noise', () => {
  it('does not depend on the batch, the padding, or how many samples and columns are drawn beside it', () => {
    const alone = draw({});
    const together = draw({ exampleIds: [3, 7, 11], length: 6, columns: 5, samples: 4 });
    expect(together.shape).toEqual([12, 6, 5]);
    for (let sample = 0; sample < 2; sample++) {
      for (let position = 0; position < 4; position++) {
        for (let column = 0; column < 3; column++) {
          const here = together.data[((sample * 3 + 1) * 6 + position) * 5 + column];
          expect(here).toBe(alone.data[(sample * 4 + position) * 3 + column]);
        }
      }
    }
  });

  it('differs between samples, examples, positions, epochs, purposes and seeds', () => {
    const { data } = draw({ exampleIds: [7, 8] });
    const row = (i: number) => data.slice(3 * i, 3 * i + 3).join();
    expect(new Set(Array.from({ length: 16 }, (_, i) => row(i))).size).toBe(16);
    const others = [
      draw({}),
      draw({ epoch: 2 }),
      draw({}, { ...source, purpose: 'other' }),
      draw({}, { ...source, seed: 6 }),
    ].map((noise) => noise.data.join());
    expect(new Set(others).size).toBe(4);
    expect(draw({}).data.join()).toBe(others[0]);
  });

  it('has mean 0 and the asked spread', () => {
    const { data } = draw({ exampleIds: Array.from({ length: 50 }, (_, i) => i), length: 20, columns: 10 });
    const moment = (power: number) => data.reduce((sum, x) => sum + (x / 0.5) ** power, 0) / data.length;
    // E z, z² = 0, 1 with variances 1, 2 of one term; four standard errors.
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(data.length));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / data.length));
  });
});
