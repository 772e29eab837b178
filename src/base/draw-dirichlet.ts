import { logGamma } from './draw-beta.ts';
import { VdaError } from './error.ts';
import type { RandomStream } from './random.ts';

/**
 * A draw from the symmetric Dirichlet(α) over `size` outcomes: independent Gamma(α, 1) over their sum. In logarithms, for small
 * α makes them vanish; as α → 0 all weight is on one outcome.
 * @throws VdaError `usage` unless α is a finite number above 0
 */
export function drawDirichlet(
  stream: RandomStream,
  { alpha, size }: { readonly alpha: number; readonly size: number },
): readonly number[] {
  if (!(alpha > 0 && alpha < Infinity)) {
    throw new VdaError('usage', `drawDirichlet: alpha must be a finite number above 0, got ${alpha}.`);
  }
  const logs = Array.from({ length: size }, () => logGamma(stream, alpha));
  const largest = Math.max(...logs);
  const scaled = logs.map((log) => Math.exp(log - largest));
  const total = scaled.reduce((sum, value) => sum + value, 0);
  return scaled.map((value) => value / total);
}
