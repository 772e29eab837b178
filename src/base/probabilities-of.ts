/** Probabilities `[C]` of logits `[C]` (softmax), pᵢ = e^zᵢ / Σ e^z, in float64. */
export function probabilitiesOf(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const most = Math.max(...values);
  const exps = values.map((z) => Math.exp(z - most));
  const sum = exps.reduce((total, e) => total + e, 0);
  return exps.map((e) => e / sum);
}
