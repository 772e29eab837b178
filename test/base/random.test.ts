import { describe, expect, it } from 'vitest';
import { fillNormal, permutation, philox4x32, randomKey, randomStream } from '../../src/base/random.ts';

const moments = (values: ArrayLike<number>) => {
  const all = Array.from(values);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  const central = (power: number) => all.reduce((sum, x) => sum + (x - mean) ** power, 0) / all.length;
  return { mean, variance: central(2), kurtosis: central(4) / central(2) ** 2 };
};

describe('philox4x32', () => {
  // Random123 (Salmon et al.), tests/kat_vectors, the three lines "philox4x32 10".
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published answer, counter %j', (counter, key, answer) => {
    expect(philox4x32(counter, key)).toEqual(answer);
  });

  it('agrees with 64-bit integer arithmetic, random counters and keys', () => {
    const exact = (counter: readonly number[], key: readonly number[]) => {
      let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
      let [k0, k1] = key.map(BigInt) as [bigint, bigint];
      const low = (x: bigint) => x & 0xffffffffn;
      for (let round = 0; round < 10; round++) {
        const p = 0xd2511f53n * c0;
        const q = 0xcd9e8d57n * c2;
        [c0, c1, c2, c3] = [(q >> 32n) ^ c1 ^ k0, low(q), (p >> 32n) ^ c3 ^ k1, low(p)];
        [k0, k1] = [low(k0 + 0x9e3779b9n), low(k1 + 0xbb67ae85n)];
      }
      return [c0, c1, c2, c3].map(Number);
    };
    const stream = randomStream([1, 2]);
    const word = () => stream.nextUint32();
    for (let i = 0; i < 1000; i++) {
      const counter = [word(), word(), word(), word()] as const;
      const key = [word(), word()] as const;
      expect(philox4x32(counter, key)).toEqual(exact(counter, key));
    }
  });
});

describe('randomKey', () => {
  it('keeps its values, fixed seeds and purposes', () => {
    // The 64-bit FNV-1a hash of '' is cbf29ce484222325 and of 'a' af63dc4c8601ec8c (test vectors of draft-eastlake-fnv).
    expect(randomKey(7, '')).toEqual(philox4x32([0x84222325, 0xcbf29ce4, 0, 0], [7, 0]).slice(0, 2));
    expect(randomKey(2 ** 32 + 5, 'a')).toEqual(
      philox4x32([0x8601ec8c, 0xaf63dc4c, 0, 0], [5, 1]).slice(0, 2),
    );
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses the seed %d', (seed) => {
    expect(() => randomKey(seed, 'dropout')).toThrow(/seed must be an integer/);
  });
});

describe('randomStream', () => {
  it('reads the blocks of its ids in order', () => {
    const key = randomKey(1, 'test');
    const stream = randomStream(key, { a: 3, b: 4, c: 5 });
    const words = Array.from({ length: 8 }, () => stream.nextUint32());
    expect(words).toEqual([...philox4x32([0, 3, 4, 5], key), ...philox4x32([1, 3, 4, 5], key)]);
  });

  it('refuses an id that is no uint32', () => {
    expect(() => randomStream([0, 0], { b: -1 })).toThrow(/id b/);
    expect(() => randomStream([0, 0], { a: 0.5 })).toThrow(/id a/);
  });

  it('has the moments of its distributions, 200,000 draws', () => {
    const stream = randomStream(randomKey(2, 'moments'));
    const uniforms = moments(Float64Array.from({ length: 200_000 }, () => stream.nextFloat()));
    const normals = moments(Float64Array.from({ length: 200_000 }, () => stream.nextNormal()));
    // Bounds: four standard errors of each estimate.
    expect(Math.abs(uniforms.mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 200_000));
    expect(Math.abs(uniforms.variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / 200_000));
    expect(Math.abs(normals.mean)).toBeLessThan(4 * Math.sqrt(1 / 200_000));
    expect(Math.abs(normals.variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 200_000));
    expect(Math.abs(normals.kurtosis - 3)).toBeLessThan(4 * Math.sqrt(24 / 200_000));
  });

  it('draws every integer below the bound equally often', () => {
    const stream = randomStream(randomKey(3, 'integers'));
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 70_000; i++) counts[stream.nextInt(7)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.46); // the 0.999 quantile, 6 degrees of freedom
  });

  it('rejects words that would favour small integers', () => {
    // For n = 3·2³⁰ a plain remainder would hit [0, 2³⁰) half of the time instead of a third.
    const stream = randomStream(randomKey(4, 'bias'));
    let small = 0;
    for (let i = 0; i < 10_000; i++) if (stream.nextInt(3 * 2 ** 30) < 2 ** 30) small++;
    expect(Math.abs(small / 10_000 - 1 / 3)).toBeLessThan(0.02);
  });
});

describe('permutation', () => {
  it('holds every index once and is fixed by the stream', () => {
    const key = randomKey(5, 'order');
    const order = permutation(1000, randomStream(key));
    expect([...order].sort((x, y) => x - y)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(order).toEqual(permutation(1000, randomStream(key)));
    expect(order).not.toEqual(permutation(1000, randomStream(key, { a: 1 })));
  });

  it('draws the six orders of three equally often', () => {
    const counts = new Map<string, number>();
    for (let a = 0; a < 6000; a++) {
      const order = permutation(3, randomStream([9, 9], { a })).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(20.52); // the 0.999 quantile, 5 degrees of freedom
  });
});

describe('filling weights', () => {
  it('scales normals by std', () => {
    const out = new Float32Array(100_000);
    fillNormal(out, { stream: randomStream([1, 1]), std: 0.02 });
    expect(Math.abs(moments(out).variance / 0.02 ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / 100_000));
  });
});
