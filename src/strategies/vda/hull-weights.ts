import { drawDirichlet } from '../../base/draw-dirichlet.ts';
import type { RandomStream } from '../../base/random.ts';
import { climbHulls } from './climb-hulls.ts';
import { type HullSample, positionStreams } from './hull-sample.ts';
import type { VirtualData } from './inputs.ts';
import { type SubstituteMixture, substituteSettings } from './options.ts';
import { keepWithinBudget } from './virtual-budget.ts';

/** The candidates of a position, the token itself first. */
interface Position {
  readonly tokens: Int32Array;
  readonly stream: RandomStream;
  readonly dirichletAlpha: number;
  /** How often a token occurs in the training texts. */
  readonly frequencyOf: (token: number) => number;
}

/** Weights of a position's candidates, and what is gained by them. */
type Propose = (position: Position) => {
  readonly weights: readonly number[];
  readonly gain: number;
};

/**
 * The controls of mixture `adversarial`, which no gradient guides. Of `random` and `centre` the budget goes to positions at random.
 *
 *     random   Dirichlet(α) over the substitutes; one of them where α is 0
 *     rarest   the candidate that is rarest in the training texts; gain ln (1 + n_i)/(1 + n_ij) of their counts n
 *     centre   1/|C_i|: the centre of the hull
 *
 * Source: `random`, DNE (Zhou et al., ACL 2021) without its ascent; `rarest`, after "Less is More" (Findings of ACL 2023): attacks
 * move to rarer words. Departure from DNE: the token itself is no outcome of the draw, for the budget leaves most in place.
 */
const proposals: Readonly<Record<Exclude<SubstituteMixture, 'adversarial'>, Propose>> = {
  random: ({ tokens, stream, dirichletAlpha: alpha }) => {
    const gain = 1 - stream.nextFloat();
    const size = tokens.length - 1;
    if (alpha > 0) return { weights: [0, ...drawDirichlet(stream, { alpha, size })], gain };
    return { weights: oneOf(tokens.length, 1 + stream.nextInt(size)), gain };
  },
  rarest: ({ tokens, frequencyOf }) => {
    const logs = Array.from(tokens, (token) => Math.log(1 + frequencyOf(token)));
    const rarest = logs.indexOf(Math.min(...logs));
    return { weights: oneOf(tokens.length, rarest), gain: logs[0]! - logs[rarest]! };
  },
  centre: ({ tokens, stream }) => ({
    weights: Array<number>(tokens.length).fill(1 / tokens.length),
    gain: 1 - stream.nextFloat(),
  }),
};

const oneOf = (size: number, chosen: number): readonly number[] =>
  Array.from({ length: size }, (_, j) => (j === chosen ? 1 : 0));

/**
 * Weights w_ij of a batch's virtual texts over the hulls of their positions, as the mixture has it (`adversarial`: see
 * {@link climbHulls}), all on the token itself but where the budget lets substitutes in. Shape: `[rows, length, width]`.
 */
export async function hullWeights(vda: VirtualData, drawn: HullSample): Promise<Float32Array> {
  const { options, sources } = vda;
  const mixture = options.mixture as SubstituteMixture;
  if (mixture === 'adversarial') return climbHulls(vda, drawn);
  const { dirichletAlpha } = substituteSettings(options);
  const { width, tokens, counts } = drawn.hulls;
  const weights = new Float32Array(tokens.length);
  const gains = new Float64Array(counts.length);
  const streamOf = positionStreams(drawn, 'vda-hull');
  for (const [place, count] of counts.entries()) {
    if (count === 1) continue;
    const proposed = proposals[mixture]({
      ...{ tokens: tokens.subarray(place * width, place * width + count), stream: streamOf(place) },
      ...{ dirichletAlpha, frequencyOf: sources.frequencyOf! },
    });
    weights.set(proposed.weights, place * width);
    gains[place] = proposed.gain;
  }
  return keepWithinBudget(options, drawn, { weights, gains });
}
