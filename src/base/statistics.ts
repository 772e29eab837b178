import { VdaError } from './error.ts';
import { randomKey, randomStream } from './random.ts';

/** A number with its 95 % interval. All three are NaN where nothing was observed. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What is shown where no example can say anything. */
export const unknownEstimate: Estimate = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

/** Φ⁻¹(0.975), the half-width of a 95 % interval in standard errors. */
const z = 1.959963984540054;

/**
 * A proportion with Wilson's 95 % score interval, which stays inside [0, 1] and is honest at 0 and at 1.
 *
 *     (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n),   p = successes/n
 *
 * Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference" (JASA 22).
 * @returns {@link unknownEstimate} where `n` is 0
 */
export function wilson(successes: number, n: number): Estimate {
  if (n === 0) return unknownEstimate;
  const p = successes / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  // At p = 0 and 1 one bound equals p exactly: rounding must not push it outside.
  return {
    value: p,
    low: successes === 0 ? 0 : (centre - half) / scale,
    high: successes === n ? 1 : (centre + half) / scale,
  };
}

/**
 * A proportion over observations that come in clusters, such as one example under several seeds, with Wilson's 95 %
 * interval at the effective sample size: outcomes of one cluster may all be alike, and then count as one.
 *
 *     p = Σ top / Σ bottom,   v = m/(m − 1)·Σᵢ (topᵢ − p·bottomᵢ)² / (Σ bottom)²,   n = p(1 − p)/v,   m clusters
 *
 * n is kept between what clusters of observations all alike are worth, (Σ bottom)²/Σ bottomᵢ² (their number, where they
 * are of one size), and the number of observations; where every cluster has one observation this is {@link wilson}.
 *
 * Source: Rao and Scott 1992, "A simple method for the analysis of clustered binary data" (Biometrics 48), for v and
 * the effective sample size; Kish 1965, "Survey sampling", for the lower bound.
 * @param clusters successes and observations of each
 * @returns {@link unknownEstimate} where nothing was observed
 */
export function clusteredWilson(
  clusters: readonly { readonly top: number; readonly bottom: number }[],
): Estimate {
  const observed = clusters.filter(({ bottom }) => bottom > 0);
  const m = observed.length;
  const total = observed.reduce((sum, { bottom }) => sum + bottom, 0);
  if (total === 0) return unknownEstimate;
  const p = observed.reduce((sum, { top }) => sum + top, 0) / total;
  const residuals = observed.reduce((sum, { top, bottom }) => sum + (top - p * bottom) ** 2, 0);
  const variance = (m / (m - 1)) * (residuals / total ** 2); // NaN of one cluster, which says nothing of others
  const fewest = total ** 2 / observed.reduce((sum, { bottom }) => sum + bottom ** 2, 0);
  // ∞ where all clusters are alike; 0/0 where all observations are, which may all be for one reason.
  const effective = (p * (1 - p)) / variance;
  const n = Number.isNaN(effective) ? fewest : Math.min(total, Math.max(fewest, effective));
  return { ...wilson(p === 1 ? n : p * n, n), value: p };
}

/** How a bootstrap is drawn. */
export interface BootstrapOptions {
  /** What the numbers are for: the same name and seed give the same interval. */
  readonly purpose: string;
  /** Default 0. */
  readonly seed?: number;
  /** Default 2000. */
  readonly resamples?: number;
}

/**
 * Ratio of sums with a percentile-bootstrap 95 % interval over the observations.
 *
 *     Σᵢ top(i) / Σᵢ bottom(i)
 *
 * A mean is the case bottom(i) = 1. Resample r has its own stream of random numbers, keyed by (seed, purpose, r).
 *
 * Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", ch. 13.
 * @returns {@link unknownEstimate} where there is no observation or the denominators sum to 0; an infinite interval for
 * one observation, which says nothing about others
 */
export function bootstrapRatio(
  observations: readonly { readonly top: number; readonly bottom: number }[],
  { purpose, seed = 0, resamples = 2000 }: BootstrapOptions,
): Estimate {
  const n = observations.length;
  const total = observations.reduce((sum, { bottom }) => sum + bottom, 0);
  if (n === 0 || total === 0) return unknownEstimate;
  const value = observations.reduce((sum, { top }) => sum + top, 0) / total;
  if (n === 1) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const key = randomKey(seed, `bootstrap ${purpose}`);
  const drawn: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const stream = randomStream(key, { a: resample });
    let top = 0;
    let bottom = 0;
    for (let i = 0; i < n; i++) {
      const observation = observations[stream.nextInt(n)]!;
      top += observation.top;
      bottom += observation.bottom;
    }
    if (bottom > 0) drawn.push(top / bottom);
  }
  drawn.sort((a, b) => a - b);
  return { value, low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

/**
 * Sample quantile with linear interpolation between order statistics.
 * Source: Hyndman and Fan 1996, "Sample quantiles in statistical packages", definition 7.
 * @param sorted ascending
 * @returns NaN of nothing
 */
export function quantile(sorted: readonly number[], probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * Two-sided exact McNemar test: the probability, were both kinds of discordant pair equally likely, of a split
 * at least as uneven as (b, c).
 *
 *     p = min(1, 2·Σ_{i ≤ min(b, c)} C(b + c, i)·2^−(b + c))
 *
 * Source: McNemar 1947 (Psychometrika 12); exact form as the sign test of the discordant pairs.
 * @returns 1 where there is no discordant pair
 */
export function mcnemarExact(b: number, c: number): number {
  const n = b + c;
  let logTerm = -n * Math.LN2; // ln C(n, 0)·2^−n: in logs, for 2^−n underflows beyond n = 1074
  let tail = 0;
  for (let i = 0; i <= Math.min(b, c); i++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1));
  }
  return Math.min(1, 2 * tail);
}

/**
 * Holm's p-values of several tests of one question: the chance that any of the true hypotheses is refused stays at the
 * level chosen, whatever the tests have to do with each other.
 *
 *     p̃₍ᵢ₎ = max_{j ≤ i} min(1, (k − j + 1)·p₍ⱼ₎),   p₍₁₎ ≤ … ≤ p₍ₖ₎
 *
 * Source: Holm 1979, "A simple sequentially rejective multiple test procedure" (Scandinavian Journal of Statistics 6).
 * @returns adjusted p-values, in the order given
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = [...pValues];
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[i]!));
    adjusted[i] = largest;
  }
  return adjusted;
}

/**
 * Mean of a few independent runs with Student's t 95 % interval.
 *
 *     mean ± t_{0.975, n−1}·s/√n
 *
 * It covers what differs between runs (seeds), not the choice of test examples, and takes the runs' values to be
 * roughly normal.
 * Source: Student 1908, "The probable error of a mean" (Biometrika 6).
 * @returns an infinite interval for one run (it says nothing about others), {@link unknownEstimate} for none
 */
export function studentMean(values: readonly number[]): Estimate {
  const n = values.length;
  if (n === 0) return unknownEstimate;
  const value = values.reduce((sum, v) => sum + v, 0) / n;
  if (n === 1) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = values.reduce((sum, v) => sum + (v - value) ** 2, 0) / (n - 1);
  const half = studentQuantile975(n - 1) * Math.sqrt(variance / n);
  return { value, low: value - half, high: value + half };
}

/**
 * t with P(|T| ≤ t) = 0.95, by bisection on {@link studentCentralMass}.
 * @param freedom degrees of freedom, a positive integer
 * @throws VdaError `internal` for other degrees of freedom
 */
export function studentQuantile975(freedom: number): number {
  if (!Number.isInteger(freedom) || freedom < 1) {
    throw new VdaError('internal', `studentQuantile975: degrees of freedom must be 1, 2, …, got ${freedom}`);
  }
  let low = 0;
  let high = 20; // t is 12.71 at one degree of freedom and falls from there
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentCentralMass(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| ≤ t). Source: Abramowitz and Stegun 1964, 26.7.3 (odd ν) and 26.7.4 (even ν). */
function studentCentralMass(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const odd = freedom % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let order = odd ? 1 : 0; order <= freedom - 2; order += 2) {
    sum += term;
    term *= ((order + 1) / (order + 2)) * Math.cos(angle) ** 2;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
