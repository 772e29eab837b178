import { VdaError } from './error.ts';

/** Names an independent family of streams; made by {@link randomKey}. Two uint32 words. */
export type RandomKey = readonly [number, number];

/** Four uint32 words: Philox's counter and its output. */
export type PhiloxBlock = readonly [number, number, number, number];

/**
 * The key of all random numbers that serve one purpose under one seed:
 * the first two words of `philox4x32((low, high, 0, 0), seed)`, where (low, high) is the 64-bit FNV-1a hash of
 * the purpose in UTF-8 and the seed is split into its low and high 32 bits.
 *
 * The value is part of the format of runs: it must not change between versions.
 *
 * @param seed integer in [0, 2⁵³)
 * @param purpose what the numbers are for, e.g. `'dropout'`; different purposes give unrelated numbers
 * @throws VdaError `usage` when the seed is not such an integer
 */
export function randomKey(seed: number, purpose: string): RandomKey {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new VdaError(
      'usage',
      `randomKey: the seed must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}, got ${seed}. Pass such a seed.`,
    );
  }
  const [low, high] = fnv1a64(purpose);
  const [first, second] = philox4x32([low, high, 0, 0], [seed >>> 0, Math.floor(seed / 2 ** 32)]);
  return [first, second];
}

/** FNV-1a, 64 bits, as its low and high words. Source: Fowler, Noll and Vo, IETF draft-eastlake-fnv. */
function fnv1a64(text: string): RandomKey {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return [Number(hash & 0xffffffffn), Number(hash >> 32n)];
}

/** Upper 32 bits of the product of two uint32, from 16-bit halves. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16); // < 2³²: exact in a double
  const middle = aLow * bHigh + (cross % 0x10000);
  return (aHigh * bHigh + Math.floor(cross / 0x10000) + Math.floor(middle / 0x10000)) >>> 0;
}

/**
 * Philox4x32-10: a bijection of 128-bit counters, keyed by 64 bits, whose outputs pass as independent uniform
 * words. Stateless: any block can be had without those before it.
 *
 * Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (SC '11), §3.3 and table 2.
 * @param counter four uint32
 * @returns four uint32
 */
export function philox4x32(counter: PhiloxBlock, key: RandomKey): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/** What a stream belongs to, e.g. example id, epoch and virtual copy; uint32 each, 0 when left out. */
export interface StreamIds {
  readonly a?: number;
  readonly b?: number;
  readonly c?: number;
}

/** A sequence of random numbers; reading advances it. */
export interface RandomStream {
  /** The next word, in [0, 2³²). */
  nextUint32(): number;
  /** Uniform in [0, 1), a multiple of 2⁻²⁴; takes one word. */
  nextFloat(): number;
  /**
   * Standard normal by Box and Muller (1958): of two words w, w′ with u = (⌊w/2⁸⌋ + 1)/2²⁴ and v = ⌊w′/2⁸⌋/2²⁴,
   * first √(−2 ln u)·cos 2πv and on the next call √(−2 ln u)·sin 2πv. At most 5.77 in absolute value.
   */
  nextNormal(): number;
  /**
   * Uniform integer in [0, n), without bias (words in the last, incomplete run of n are rejected).
   * @throws VdaError `internal` unless n is an integer from 1 to 2³²
   */
  nextInt(n: number): number;
}

/**
 * The stream of one (key, ids): word i is word i mod 4 of `philox4x32((⌊i/4⌋, a, b, c), key)`.
 * Making it costs nothing, so make one for each example, epoch or row rather than passing one around: the
 * numbers then depend on what they are for and not on the order of the work. Period 2³⁴ words.
 * @throws VdaError `internal` when an id is not a uint32
 */
export function randomStream(key: RandomKey, ids: StreamIds = {}): RandomStream {
  const { a = 0, b = 0, c = 0 } = ids;
  for (const [name, id] of Object.entries({ a, b, c })) {
    if (id >>> 0 !== id) {
      throw new VdaError('internal', `randomStream: id ${name} must be an integer in [0, 2³²), got ${id}`);
    }
  }
  let block = 0;
  let used = 4;
  let words: PhiloxBlock = [0, 0, 0, 0];
  let spareNormal: number | undefined;

  const nextUint32 = (): number => {
    if (used === 4) {
      words = philox4x32([block, a, b, c], key);
      block = (block + 1) >>> 0;
      used = 0;
    }
    return words[used++]!;
  };
  const nextNormal = (): number => {
    if (spareNormal !== undefined) {
      const spare = spareNormal;
      spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(((nextUint32() >>> 8) + 1) * 2 ** -24));
    const angle = 2 * Math.PI * (nextUint32() >>> 8) * 2 ** -24;
    spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const nextInt = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new VdaError('internal', `nextInt: the bound must be an integer from 1 to 2³², got ${n}`);
    }
    const accepted = 2 ** 32 - (2 ** 32 % n);
    let word = nextUint32();
    while (word >= accepted) word = nextUint32();
    return word % n;
  };
  return { nextUint32, nextFloat: () => (nextUint32() >>> 8) * 2 ** -24, nextNormal, nextInt };
}

/**
 * A uniformly drawn order of 0 … n − 1.
 * Source: Durstenfeld 1964, algorithm 235 (the Fisher–Yates shuffle).
 */
export function permutation(n: number, stream: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let last = n - 1; last > 0; last--) {
    const chosen = stream.nextInt(last + 1);
    const moved = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = moved;
  }
  return order;
}

/** `count` distinct numbers below `n` (all where it is more), ascending; a smaller draw of a stream is part of a larger one. */
export const sample = (n: number, count: number, stream: RandomStream): readonly number[] =>
  Array.from(permutation(n, stream).subarray(0, count)).sort((a, b) => a - b);

/** Where numbers come from and how widely they spread. */
export interface NormalOptions {
  readonly stream: RandomStream;
  /** Standard deviation. */
  readonly std: number;
}

/** Fills `out` with N(0, std²). */
export function fillNormal(out: Float32Array, { stream, std }: NormalOptions): void {
  for (let i = 0; i < out.length; i++) out[i] = std * stream.nextNormal();
}
