// Philox4x32-10 for four consecutive blocks at once (see src/base/random.ts for the definition and the source).
// WebAssembly functions of AssemblyScript return one value, so the result is left in word0 … word3.

/** Word k of blocks b, b + 1, b + 2, b + 3 after {@link philoxFourBlocks}. */
export let word0: v128 = i32x4.splat(0);
export let word1: v128 = i32x4.splat(0);
export let word2: v128 = i32x4.splat(0);
export let word3: v128 = i32x4.splat(0);

/** Sets word0 … word3 for the counters (block + 0…3, a, b, c). */
// @ts-ignore: decorator
@inline
export function philoxFourBlocks(block: u32, a: u32, b: u32, c: u32, key0: u32, key1: u32): void {
  let c0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(a);
  let c2 = i32x4.splat(b);
  let c3 = i32x4.splat(c);
  const multiplier0 = i32x4.splat(0xd2511f53);
  const multiplier1 = i32x4.splat(0xcd9e8d57);
  let k0 = i32x4.splat(key0);
  let k1 = i32x4.splat(key1);
  const step0 = i32x4.splat(0x9e3779b9);
  const step1 = i32x4.splat(0xbb67ae85);
  for (let round = 0; round < 10; round++) {
    const p01 = i64x2.extmul_low_i32x4_u(c0, multiplier0);
    const p23 = i64x2.extmul_high_i32x4_u(c0, multiplier0);
    const q01 = i64x2.extmul_low_i32x4_u(c2, multiplier1);
    const q23 = i64x2.extmul_high_i32x4_u(c2, multiplier1);
    c0 = v128.xor(v128.xor(v128.shuffle<i32>(q01, q23, 1, 3, 5, 7), c1), k0);
    c1 = v128.shuffle<i32>(q01, q23, 0, 2, 4, 6);
    c2 = v128.xor(v128.xor(v128.shuffle<i32>(p01, p23, 1, 3, 5, 7), c3), k1);
    c3 = v128.shuffle<i32>(p01, p23, 0, 2, 4, 6);
    k0 = i32x4.add(k0, step0);
    k1 = i32x4.add(k1, step1);
  }
  word0 = c0;
  word1 = c1;
  word2 = c2;
  word3 = c3;
}

/** Turns word0 … word3 from one word of four blocks into the four words of one block each. */
// @ts-ignore: decorator
@inline
export function transposeWords(): void {
  const low01 = v128.shuffle<i32>(word0, word1, 0, 4, 1, 5);
  const low23 = v128.shuffle<i32>(word2, word3, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(word0, word1, 2, 6, 3, 7);
  const high23 = v128.shuffle<i32>(word2, word3, 2, 6, 3, 7);
  word0 = v128.shuffle<i64>(low01, low23, 0, 2);
  word1 = v128.shuffle<i64>(low01, low23, 1, 3);
  word2 = v128.shuffle<i64>(high01, high23, 0, 2);
  word3 = v128.shuffle<i64>(high01, high23, 1, 3);
}

/** Replaces the four vectors, e.g. by numbers made from them. */
// @ts-ignore: decorator
@inline
export function setWords(new0: v128, new1: v128, new2: v128, new3: v128): void {
  word0 = new0;
  word1 = new1;
  word2 = new2;
  word3 = new3;
}
