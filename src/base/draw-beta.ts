import { VdaError } from './error.ts';
import type { RandomStream } from './random.ts';

/**
 * A draw from Beta(α, α): X/(X + Y) of two independent Gamma(α, 1). In logarithms, for small α makes X and Y vanish.
 * @throws VdaError `usage` unless α is a finite number above 0
 */
export function drawBeta(stream: RandomStream, alpha: number): number {
  if (!(alpha > 0 && alpha < Infinity)) {
    throw new VdaError('usage', `drawBeta: alpha must be a finite number above 0, got ${alpha}.`);
  }
  const logX = logGamma(stream, alpha);
  const logY = logGamma(stream, alpha);
  return 1 / (1 + Math.exp(logY - logX));
}

/**
 * The logarithm of a draw from Gamma(α, 1): with d = α − 1/3, c = 1/√(9d), x normal and u uniform, d·v for v = (1 + c·x)³
 * where v > 0 and ln u < x²/2 + d − d·v + d·ln v. Below 1, a draw for α + 1 times U^(1/α). At least 95 of 100 tries are
 * taken, whatever α is, so the loop ends at once.
 *
 * Source: Marsaglia and Tsang 2000, "A simple method for generating gamma variables", ACM TOMS 26(3), §3 and note in §6.
 */
export function logGamma(stream: RandomStream, alpha: number): number {
  if (alpha < 1) return logGamma(stream, alpha + 1) + logUniform(stream) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.nextNormal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && logUniform(stream) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}

/** ln U, U uniform in (0, 1]. */
const logUniform = (stream: RandomStream): number => Math.log(1 - stream.nextFloat());
