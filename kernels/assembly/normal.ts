import { philoxFourBlocks, setWords, transposeWords, word0, word1, word2, word3 } from './philox';

/**
 * std·√(−2 ln u) with u = (⌊w/2⁸⌋ + 1)/2²⁴ for four words w.
 *
 * u = 2ᵉ·m with m in [√½, √2), so ln u = e·ln 2 + 2·artanh s, s = (m − 1)/(m + 1), |s| < 0.172. Both parts are
 * small exactly where u is near 1, so the relative error stays small there. The series is cut after s⁹/9: what is
 * left out is below 2·10⁻⁹ of the sum.
 */
// @ts-ignore: decorator
@inline
function radius(word: v128, std: v128): v128 {
  const u = f32x4.mul(
    f32x4.convert_i32x4_s(i32x4.add(i32x4.shr_u(word, 8), i32x4.splat(1))), f32x4.splat(5.9604644775390625e-8));
  const exponent = i32x4.shr_s(i32x4.sub(u, i32x4.splat(0x3f3504f3)), 23); // 0x3f3504f3 is √½ as float32
  const m = i32x4.sub(u, i32x4.shl(exponent, 23));
  const one = f32x4.splat(1);
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const s2 = f32x4.mul(s, s);
  let series = f32x4.add(f32x4.splat(1.0 / 7.0), f32x4.mul(s2, f32x4.splat(1.0 / 9.0)));
  series = f32x4.add(f32x4.splat(1.0 / 5.0), f32x4.mul(s2, series));
  series = f32x4.add(f32x4.splat(1.0 / 3.0), f32x4.mul(s2, series));
  series = f32x4.add(s, f32x4.mul(f32x4.mul(s, s2), series));
  const minusTwoLog = f32x4.sub(
    f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(-1.3862943611198906)), f32x4.mul(series, f32x4.splat(4)));
  // Rounding may leave u = 1 at −0 or a hair below zero, whose root would be NaN.
  return f32x4.mul(std, f32x4.sqrt(f32x4.max(minusTwoLog, f32x4.splat(0))));
}

/**
 * Box–Muller for four pairs of words: radius·cos 2πv into `first`, radius·sin 2πv into `second`.
 *
 * v = ⌊w/2⁸⌋/2²⁴ splits exactly into a quarter turn q and a rest of at most an eighth of a turn to either side; the
 * Taylor series of sine and cosine there are cut after a⁹ and a⁸ (left out: below 2·10⁻⁹ and 3·10⁻⁸).
 */
let first: v128 = i32x4.splat(0);
let second: v128 = i32x4.splat(0);

// @ts-ignore: decorator
@inline
function boxMuller(radiusWord: v128, angleWord: v128, std: v128): void {
  const r = radius(radiusWord, std);
  const turn = v128.and(angleWord, i32x4.splat(0xffffff00));
  const rest = i32x4.shl(turn, 2);
  const quarter = i32x4.shr_u(i32x4.sub(turn, i32x4.shr_s(rest, 2)), 30);
  const angle = f32x4.mul(f32x4.convert_i32x4_s(rest), f32x4.splat(<f32>(1.5707963267948966 / 4294967296.0)));
  const a2 = f32x4.mul(angle, angle);

  let sine = f32x4.add(f32x4.splat(-1.0 / 5040.0), f32x4.mul(a2, f32x4.splat(1.0 / 362880.0)));
  sine = f32x4.add(f32x4.splat(1.0 / 120.0), f32x4.mul(a2, sine));
  sine = f32x4.add(f32x4.splat(-1.0 / 6.0), f32x4.mul(a2, sine));
  sine = f32x4.add(angle, f32x4.mul(f32x4.mul(angle, a2), sine));

  let cosine = f32x4.add(f32x4.splat(-1.0 / 720.0), f32x4.mul(a2, f32x4.splat(1.0 / 40320.0)));
  cosine = f32x4.add(f32x4.splat(1.0 / 24.0), f32x4.mul(a2, cosine));
  cosine = f32x4.add(f32x4.splat(-1.0 / 2.0), f32x4.mul(a2, cosine));
  cosine = f32x4.add(f32x4.splat(1), f32x4.mul(a2, cosine));

  // Each quarter turn maps (cos, sin) to (−sin, cos).
  const odd = i32x4.shr_s(i32x4.shl(quarter, 31), 31);
  const two = i32x4.splat(2);
  const cosineSign = i32x4.shl(v128.and(i32x4.add(quarter, i32x4.splat(1)), two), 30);
  const sineSign = i32x4.shl(v128.and(quarter, two), 30);
  first = f32x4.mul(r, v128.xor(v128.bitselect(sine, cosine, odd), cosineSign));
  second = f32x4.mul(r, v128.xor(v128.bitselect(cosine, sine, odd), sineSign));
}

/** Writes the first `count` < 4 numbers. */
function storeSome(out: usize, values: v128, count: i32): void {
  if (count & 2) {
    v128.store64_lane(out, values, 0);
    values = v128.shuffle<i64>(values, values, 1, 1);
    out += 8;
  }
  if (count & 1) v128.store32_lane(out, values, 0);
}

/**
 * out[r, j] ← std·(normal j of the stream with ids (c1 + r, c2, c3)); out is float32 [rows, cols].
 * The four words of a block give two pairs, that is four normals, in the order of `nextNormal` of src/base/random.ts.
 */
export function fillNormal(
  out: usize, rows: u32, cols: u32, std: f32, key0: u32, key1: u32, c1: u32, c2: u32, c3: u32,
): void {
  const spread = f32x4.splat(std);
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < cols; column += 16) {
      philoxFourBlocks(column >> 2, c1 + row, c2, c3, key0, key1);
      const radiusWord = word2;
      const angleWord = word3;
      boxMuller(word0, word1, spread);
      const normal0 = first;
      const normal1 = second;
      boxMuller(radiusWord, angleWord, spread);
      setWords(normal0, normal1, first, second);
      transposeWords();
      const left = <i32>(cols - column);
      if (left >= 16) {
        v128.store(out, word0);
        v128.store(out, word1, 16);
        v128.store(out, word2, 32);
        v128.store(out, word3, 48);
        out += 64;
        continue;
      }
      const whole = left >> 2;
      if (whole > 0) v128.store(out, word0);
      if (whole > 1) v128.store(out, word1, 16);
      if (whole > 2) v128.store(out, word2, 32);
      const last = whole == 0 ? word0 : whole == 1 ? word1 : whole == 2 ? word2 : word3;
      storeSome(out + ((<usize>whole) << 4), last, left & 3);
      out += (<usize>left) << 2;
    }
  }
}
