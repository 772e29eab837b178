import { type HullSample, positionStreams } from './hull-sample.ts';
import type { Hulls } from './hulls.ts';
import type { VirtualData } from './inputs.ts';
import { substituteSettings } from './options.ts';
import { keepWithinBudget } from './virtual-budget.ts';

/** Weight of the candidate that a position begins at, where weights are mixed. */
const startWeight = 0.9;

/**
 * Adversarial virtual data: weights over the hulls of a batch's positions by M gradient steps up the loss D of its texts.
 *
 *     w_i = softmax(u_i),   ê_i = Σ_j w_ij V_ij,   g_i = ∂D/∂ê_i at what the budget let in
 *     s_ij = ⟨g_i, V_ij − ê_i⟩ = (∂D/∂u_ij)/w_ij,   (∂H/∂u_ij)/w_ij = −(ln w_ij + H_i),   H_i the entropy of w_i
 *     u_ij ← u_ij + 1/τ·s_ij/‖s‖ + γ·(ln w_ij + H_i)    the norm over a text
 *     gain_i = max_j ⟨g_i, V_ij − e_i⟩                  the budget goes where it is largest
 *
 * Divided by w, the gradient by the logits is the natural one (exponentiated gradient, Kivinen and Warmuth 1997): a candidate that
 * weighs nothing yet moves as any other, where plain steps stand still near a vertex.
 *
 * Each position begins at its token, and with probability `startRate` at one of its substitutes, drawn at random: u_i is such that
 * this one weighs 0.9 and the others share the rest. As τ → 0 a step takes the candidate of largest ⟨g_i, V_ij − e_i⟩, and at
 * τ = 0 that is what is done: a step of HotFlip inside the candidates, the best point of the budgeted set to first order (a
 * Frank-Wolfe step of length 1). One gradient then chooses all of a text's words.
 *
 * Source: the project's own, after ASCC (Dong et al., ICLR 2021: the hull, the ascent, the entropy) and HotFlip (Ebrahimi et al., ACL
 * 2018). Departures from ASCC: D is the cross-entropy (why: see `compileAscent`); M is 1, not 5 steps of Adam on u; few
 * positions are mixed, not all; the table's gradient flows through V, as in all of VDA.
 *
 * @returns weights `[rows, length, width]`
 */
export async function climbHulls({ options, ascent }: VirtualData, drawn: HullSample): Promise<Float32Array> {
  const settings = substituteSettings(options);
  const { hulls, batch } = drawn;
  const starts = startingCandidates(settings, drawn);
  const logits = settings.hullTemperature === 0 ? undefined : startingLogits(hulls, starts);
  let weights = logits ? hullSoftmax(hulls, logits) : vertices(hulls, starts);
  let point = weights;
  for (let step = 0; step < settings.ascentSteps; step++) {
    const { projections } = await ascent!(batch, { hulls, weights: point });
    const { best, gains } = bestSubstitutes(hulls, projections);
    if (logits) {
      climb(hulls, { logits, weights, projections }, settings);
      weights = hullSoftmax(hulls, logits);
    } else weights = vertices(hulls, best);
    point = keepWithinBudget(options, drawn, { weights, gains });
  }
  return point;
}

/** The candidate that each position begins at: 0, its token, or a substitute. */
function startingCandidates({ startRate }: { readonly startRate: number }, drawn: HullSample): Int32Array {
  const streamOf = positionStreams(drawn, 'vda-start');
  return drawn.hulls.counts.map((count, place) => {
    if (count === 1) return 0;
    const stream = streamOf(place);
    return stream.nextFloat() < startRate ? 1 + stream.nextInt(count - 1) : 0;
  });
}

/** u with w = 0.9 at the start, the rest shared by the other candidates. */
function startingLogits({ counts, width }: Hulls, starts: Int32Array): Float64Array {
  const logits = new Float64Array(counts.length * width);
  for (const [place, start] of starts.entries()) {
    const others = counts[place]! - 1;
    if (others > 0) logits[place * width + start] = Math.log((others * startWeight) / (1 - startWeight));
  }
  return logits;
}

/** All weight on one candidate of each position. */
function vertices({ counts, width }: Hulls, chosen: Int32Array): Float32Array {
  const weights = new Float32Array(counts.length * width);
  for (const [place, j] of chosen.entries()) weights[place * width + j] = 1;
  return weights;
}

/** The substitute of largest ⟨g_i, V_ij − e_i⟩ at each position, and how large that is; none has a gain where there are none. */
function bestSubstitutes(
  { counts, width }: Hulls,
  projections: ArrayLike<number>,
): { readonly best: Int32Array; readonly gains: Float64Array } {
  const best = new Int32Array(counts.length);
  const gains = new Float64Array(counts.length).fill(-Infinity);
  for (const [place, count] of counts.entries()) {
    for (let j = 1; j < count; j++) {
      const gain = projections[place * width + j]! - projections[place * width]!;
      if (gain > gains[place]!) [best[place], gains[place]] = [j, gain];
    }
  }
  return { best, gains };
}

interface HullPoint {
  /** u and w = softmax(u). */
  readonly logits: Float64Array;
  readonly weights: Float32Array;
  /** ⟨g_i, V_ij⟩. */
  readonly projections: ArrayLike<number>;
}

/** w_i = softmax(u_i) over each position's candidates. */
export function hullSoftmax({ counts, width }: Hulls, logits: Float64Array): Float32Array {
  const weights = new Float32Array(logits.length);
  for (const [place, count] of counts.entries()) {
    const own = logits.subarray(place * width, place * width + count);
    const largest = Math.max(...own);
    const scaled = own.map((u) => Math.exp(u - largest));
    const total = scaled.reduce((sum, value) => sum + value, 0);
    weights.set(
      scaled.map((value) => value / total),
      place * width,
    );
  }
  return weights;
}

/** s_ij = ⟨g_i, V_ij − ê_i⟩: ∂D/∂u_ij is w_ij·s_ij. */
export function lossSlope(
  { counts, width }: Hulls,
  { weights, projections }: Omit<HullPoint, 'logits'>,
): Float64Array {
  const slope = new Float64Array(weights.length);
  for (const [place, count] of counts.entries()) {
    const start = place * width;
    let mean = 0;
    for (let j = start; j < start + count; j++) mean += weights[j]! * projections[j]!;
    for (let j = start; j < start + count; j++) slope[j] = projections[j]! - mean;
  }
  return slope;
}

/** −(ln w_ij + H_i), H_i = −Σ_j w_ij ln w_ij: ∂H_i/∂u_ij is w_ij times that. */
export function entropySlope({ counts, width }: Hulls, weights: Float32Array): Float64Array {
  const slope = new Float64Array(weights.length);
  const log = (w: number) => Math.log(Math.max(w, leastWeight));
  for (const [place, count] of counts.entries()) {
    const start = place * width;
    let entropy = 0;
    for (let j = start; j < start + count; j++) entropy -= weights[j]! * log(weights[j]!);
    for (let j = start; j < start + count; j++) slope[j] = -(log(weights[j]!) + entropy);
  }
  return slope;
}

/** Below it a weight counts as this one, for the logarithm of 0 is none. */
const leastWeight = 1e-30;

/** One step, u in place. Where a text's gradient vanishes (below 10⁻⁸) it is not blown up. */
function climb(
  hulls: Hulls,
  point: HullPoint,
  { hullTemperature, sparsity }: { readonly hullTemperature: number; readonly sparsity: number },
): void {
  const up = lossSlope(hulls, point);
  const spread = entropySlope(hulls, point.weights);
  const perText = hulls.length * hulls.width;
  for (let row = 0; row < hulls.rows; row++) {
    const [start, end] = [row * perText, (row + 1) * perText];
    const norm = Math.max(1e-8, Math.sqrt(up.subarray(start, end).reduce((sum, s) => sum + s * s, 0)));
    for (let j = start; j < end; j++) {
      point.logits[j]! += up[j]! / (norm * hullTemperature) - sparsity * spread[j]!;
    }
  }
}
