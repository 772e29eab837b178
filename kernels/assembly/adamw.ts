/**
 * One AdamW step on n parameters (Loshchilov & Hutter 2019, algorithm 2), with g ← gradScale·g first:
 *
 *     w ← (1 − lr·weightDecay)·w
 *     m ← m + (1 − β₁)(g − m),   v ← β₂·v + (1 − β₂)·g²
 *     w ← w − (lr/biasCorr1)·m / (√v/√biasCorr2 + ε)
 *
 * The scalars come as float64 and are combined before they are rounded to float32.
 * With zeroGradient ≠ 0 the gradient is set to 0 after use, while its cache line is at hand.
 */
export function adamwStep(
  w: usize, g: usize, m: usize, v: usize, n: u32,
  lr: f64, beta1: f64, beta2: f64, eps: f64, weightDecay: f64,
  biasCorr1: f64, biasCorr2: f64, gradScale: f64, zeroGradient: i32,
): void {
  const decay1 = <f32>(1.0 - lr * weightDecay);
  const blend1 = <f32>(1.0 - beta1);
  const keep1 = <f32>beta2;
  const blend2 = <f32>(1.0 - beta2);
  const rootScale1 = <f32>(1.0 / sqrt(biasCorr2));
  const eps1 = <f32>eps;
  const stepSize1 = <f32>(lr / biasCorr1);
  const gradScale1 = <f32>gradScale;

  const decay = f32x4.splat(decay1);
  const blendM = f32x4.splat(blend1);
  const keepV = f32x4.splat(keep1);
  const blendV = f32x4.splat(blend2);
  const rootScale = f32x4.splat(rootScale1);
  const epsilon = f32x4.splat(eps1);
  const stepSize = f32x4.splat(stepSize1);
  const scaleG = f32x4.splat(gradScale1);
  const zero = f32x4.splat(0);

  const vectorEnd = w + (((<usize>n) & ~3) << 2);
  const end = w + ((<usize>n) << 2);
  while (w < vectorEnd) {
    const grad = f32x4.mul(v128.load(g), scaleG);
    const oldM = v128.load(m);
    const newM = f32x4.add(oldM, f32x4.mul(blendM, f32x4.sub(grad, oldM)));
    const newV = f32x4.add(f32x4.mul(v128.load(v), keepV), f32x4.mul(blendV, f32x4.mul(grad, grad)));
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(newV), rootScale), epsilon);
    const change = f32x4.div(f32x4.mul(stepSize, newM), denominator);
    v128.store(m, newM);
    v128.store(v, newV);
    v128.store(w, f32x4.sub(f32x4.mul(v128.load(w), decay), change));
    if (zeroGradient) v128.store(g, zero);
    w += 16;
    g += 16;
    m += 16;
    v += 16;
  }
  while (w < end) {
    const grad = load<f32>(g) * gradScale1;
    const oldM = load<f32>(m);
    const newM = oldM + blend1 * (grad - oldM);
    const newV = load<f32>(v) * keep1 + blend2 * (grad * grad);
    const change = (stepSize1 * newM) / (sqrt<f32>(newV) * rootScale1 + eps1);
    store<f32>(m, newM);
    store<f32>(v, newV);
    store<f32>(w, load<f32>(w) * decay1 - change);
    if (zeroGradient) store<f32>(g, 0);
    w += 4;
    g += 4;
    m += 4;
    v += 4;
  }
}
