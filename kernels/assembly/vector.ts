/** x ← value. */
export function fill(x: usize, n: u32, value: f32): void {
  const values = f32x4.splat(value);
  const end = x + ((<usize>n) << 2);
  const vectorEnd = x + (((<usize>n) & ~3) << 2);
  for (; x < vectorEnd; x += 16) v128.store(x, values);
  for (; x < end; x += 4) store<f32>(x, value);
}

/** x ← factor·x. */
export function scale(x: usize, n: u32, factor: f32): void {
  const factors = f32x4.splat(factor);
  const end = x + ((<usize>n) << 2);
  const vectorEnd = x + (((<usize>n) & ~3) << 2);
  for (; x < vectorEnd; x += 16) v128.store(x, f32x4.mul(v128.load(x), factors));
  for (; x < end; x += 4) store<f32>(x, load<f32>(x) * factor);
}

/** Σ x², each square and every sum in float64. */
export function sumOfSquares(x: usize, n: u32): f64 {
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  let sum2 = f64x2.splat(0);
  let sum3 = f64x2.splat(0);
  const end = x + ((<usize>n) << 2);
  const vectorEnd = x + (((<usize>n) & ~7) << 2);
  for (; x < vectorEnd; x += 32) {
    const a = f64x2.promote_low_f32x4(v128.load64_zero(x));
    const b = f64x2.promote_low_f32x4(v128.load64_zero(x, 8));
    const c = f64x2.promote_low_f32x4(v128.load64_zero(x, 16));
    const d = f64x2.promote_low_f32x4(v128.load64_zero(x, 24));
    sum0 = f64x2.add(sum0, f64x2.mul(a, a));
    sum1 = f64x2.add(sum1, f64x2.mul(b, b));
    sum2 = f64x2.add(sum2, f64x2.mul(c, c));
    sum3 = f64x2.add(sum3, f64x2.mul(d, d));
  }
  const all = f64x2.add(f64x2.add(sum0, sum1), f64x2.add(sum2, sum3));
  let sum = f64x2.extract_lane(all, 0) + f64x2.extract_lane(all, 1);
  for (; x < end; x += 4) {
    const value = <f64>load<f32>(x);
    sum += value * value;
  }
  return sum;
}

/** 1 when no element is NaN or infinite, else 0. 0·x is 0 for a finite x and NaN for any other. */
export function allFinite(x: usize, n: u32): i32 {
  const zero = f32x4.splat(0);
  let sums = zero;
  const end = x + ((<usize>n) << 2);
  const vectorEnd = x + (((<usize>n) & ~3) << 2);
  for (; x < vectorEnd; x += 16) sums = f32x4.add(sums, f32x4.mul(v128.load(x), zero));
  let sum: f32 =
    f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
  for (; x < end; x += 4) sum += load<f32>(x) * 0;
  return sum == 0 ? 1 : 0;
}
