import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { philox4x32, type RandomKey, randomKey, randomStream } from '../../src/base/random.ts';
import { dropoutThreshold, instantiateKernels } from '../../src/memory/kernels.ts';
import { pageBytes, webAssembly } from '../../src/memory/webassembly.ts';

/** A megabyte of memory filled with a pattern, so that writing outside of the target shows. */
const setUp = () => {
  const memory = new webAssembly.Memory({ initial: 16, maximum: 16 });
  const bytes = new Uint8Array(memory.buffer).fill(0xa5);
  const floats = (offset: number, length: number) => new Float32Array(memory.buffer, offset, length);
  return { kernels: instantiateKernels(memory), bytes, floats, memory };
};

/** The definition of a dropout mask, lane by lane. */
const keptByDefinition = (
  key: RandomKey,
  ids: { a: number; b: number; c: number },
  columns: number,
  p: number,
) =>
  Array.from({ length: columns }, (_, j) => {
    const word = philox4x32([j >> 3, ids.a, ids.b, ids.c], key)[(j >> 1) & 3]!;
    return ((word >>> (16 * (j & 1))) & 0xffff) >= dropoutThreshold(p) ? 1 : 0;
  });

const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 1001];
const key = randomKey(11, 'kernels');

describe('the compiled kernels', () => {
  it('are what kernels/assembly compiles to', { timeout: 60_000 }, () => {
    execFileSync(process.execPath, ['kernels/build.mjs', '--check'], { stdio: 'pipe' });
  });

  it('run on a memory of any size up to the maximum', () => {
    const memory = new webAssembly.Memory({ initial: 1, maximum: 65_536 });
    const kernels = instantiateKernels(memory);
    const mask = { offset: pageBytes - 8, rows: 1, key, probability: 0 };
    expect(() => kernels.dropoutMask({ ...mask, columns: 8 })).not.toThrow();
    expect(() => kernels.dropoutMask({ ...mask, columns: 9 })).toThrow(/out of bounds/);
  });
});

describe('sumOfSquares', () => {
  it.each(lengths)('sums exactly its span and leaves it, %d elements', (length) => {
    const { kernels, floats } = setUp();
    const values = Float32Array.from({ length }, (_, i) => Math.fround(Math.sin(i + 1) * 3));
    floats(64, length).set(values);
    expect(kernels.sumOfSquares({ offset: 64, length })).toBeCloseTo(
      values.reduce((sum, x) => sum + x * x, 0),
      10,
    );
    expect(floats(64, length)).toEqual(values);
  });

  it('sums in float64, large and small elements together', () => {
    const { kernels, floats } = setUp();
    floats(0, 100_001).fill(1e-4)[0] = 1e2;
    const small = Math.fround(1e-4);
    expect(kernels.sumOfSquares({ offset: 0, length: 100_001 })).toBeCloseTo(
      1e4 + 100_000 * small * small,
      7,
    );
  });
});

describe('adamwStep', () => {
  it.each([1, 4, 11])('follows the equations, %d elements, scaled gradients', (length) => {
    const { kernels, floats, bytes } = setUp();
    const [w, g, m, v] = [0, 1024, 2048, 3072].map((offset) => floats(offset, length));
    const stream = randomStream(key);
    for (let i = 0; i < length; i++) {
      w![i] = stream.nextNormal();
      g![i] = stream.nextNormal();
      m![i] = stream.nextNormal();
      v![i] = stream.nextFloat();
    }
    const before = [w, g, m, v].map((x) => [...x!]);
    kernels.adamwStep({
      ...{ weights: 0, gradients: 1024, firstMoments: 2048, secondMoments: 3072, length },
      ...{ lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-3, weightDecay: 0.1 },
      ...{ biasCorrection1: 1 - 0.9 ** 3, biasCorrection2: 1 - 0.99 ** 3 },
      ...{ gradientScale: 0.5, zeroGradients: true },
    });
    for (let i = 0; i < length; i++) {
      const grad = 0.5 * before[1]![i]!;
      const newM = 0.9 * before[2]![i]! + 0.1 * grad;
      const newV = 0.99 * before[3]![i]! + 0.01 * grad * grad;
      const step = newM / (1 - 0.9 ** 3) / (Math.sqrt(newV / (1 - 0.99 ** 3)) + 1e-3);
      expect(m![i]).toBeCloseTo(newM, 6);
      expect(v![i]).toBeCloseTo(newV, 6);
      expect(w![i]).toBeCloseTo((1 - 0.001) * before[0]![i]! - 0.01 * step, 6);
      expect(g![i]).toBe(0);
    }
    expect(bytes.subarray(4 * length, 1024).every((b) => b === 0xa5)).toBe(true);
  });
});

describe('dropout masks', () => {
  const ids = { firstRow: 0xfffffffe, b: 3, c: 9 }; // the third row's id wraps to 0

  it.each([1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 100])('equal the definition, %d columns', (columns) => {
    const { kernels, bytes } = setUp();
    const options = { offset: 32, rows: 3, columns, key, ...ids, probability: 0.3 };
    const expected = [0xfffffffe, 0xffffffff, 0].flatMap((a) =>
      keptByDefinition(key, { a, b: 3, c: 9 }, columns, 0.3),
    );
    kernels.dropoutMask(options);
    expect([...bytes.subarray(32, 32 + 3 * columns)]).toEqual(expected);
    expect(bytes[31]).toBe(0xa5);
    expect(bytes.subarray(32 + 3 * columns, 128 + 3 * columns).every((b) => b === 0xa5)).toBe(true);
  });

  it('drop the asked share', () => {
    const { kernels, bytes } = setUp();
    kernels.dropoutMask({ offset: 0, rows: 400, columns: 1000, key, probability: 0.1 });
    const kept = bytes.subarray(0, 400_000).reduce((sum, x) => sum + x, 0);
    expect(Math.abs(kept / 400_000 - 0.9)).toBeLessThan(4 * Math.sqrt(0.09 / 400_000)); // four standard errors
  });

  it('keep all at probability 0', () => {
    const { kernels, bytes } = setUp();
    kernels.dropoutMask({ offset: 0, rows: 1, columns: 5000, key, probability: 0 });
    expect(bytes.subarray(0, 5000).every((x) => x === 1)).toBe(true);
  });

  it.each([1, -0.1, Number.NaN, 0.999999])('refuse the probability %d', (probability) => {
    expect(() => dropoutThreshold(probability)).toThrow(/below 1/);
  });
});

describe('fillNormal', () => {
  it.each([1, 2, 3, 4, 5, 11, 15, 16, 17, 100])('equals the stream, %d columns', (columns) => {
    const { kernels, bytes, floats } = setUp();
    kernels.fillNormal({ offset: 64, rows: 3, columns, key, firstRow: 5, b: 6, c: 7, std: 2 });
    const out = floats(64, 3 * columns);
    for (let row = 0; row < 3; row++) {
      const stream = randomStream(key, { a: 5 + row, b: 6, c: 7 });
      for (let j = 0; j < columns; j++) {
        expect(Math.abs(out[row * columns + j]! - 2 * stream.nextNormal())).toBeLessThan(2e-5);
      }
    }
    expect(bytes.subarray(64 + 12 * columns, 256 + 12 * columns).every((b) => b === 0xa5)).toBe(true);
  });

  it('stays within 1e-5 of float64 and is normal, 200,000 draws', () => {
    const { kernels, floats } = setUp();
    const count = 200_000;
    kernels.fillNormal({ offset: 0, rows: 1, columns: count, key, std: 1 });
    const drawn = floats(0, count);
    const stream = randomStream(key);
    let worst = 0;
    for (let i = 0; i < count; i++) worst = Math.max(worst, Math.abs(drawn[i]! - stream.nextNormal()));
    expect(worst).toBeLessThan(1e-5);

    const moment = (power: number) => drawn.reduce((sum, x) => sum + x ** power, 0) / count;
    // E x, x², x³, x⁴ = 0, 1, 0, 3 with variances 1, 2, 15, 96 of one term; four standard errors.
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));

    const sorted = Float64Array.from(drawn).sort();
    let distance = 0;
    for (let i = 0; i < count; i++) {
      const p = normalCdf(sorted[i]!);
      distance = Math.max(distance, Math.abs(p - i / count), Math.abs(p - (i + 1) / count));
    }
    expect(distance * Math.sqrt(count)).toBeLessThan(1.95); // Kolmogorov–Smirnov, the 0.999 quantile
  });
});

/** Φ(x) by the series ½ + φ(x)·(x + x³/3 + x⁵/15 + …), whose terms have one sign. */
function normalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-12 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
