import { type HullSample, textStreams } from './hull-sample.ts';
import { substituteSettings, type VdaOptions } from './options.ts';

/** Weights that a mixture would put in the hulls, `[rows, length, width]`, and what each position would gain, `[rows, length]`. */
export interface Proposal {
  readonly weights: Float32Array;
  /** A position without gain keeps its token. */
  readonly gains: ArrayLike<number>;
}

/**
 * Keeps what is proposed at the ρ·n positions of largest gain, to the nearest whole number, of a text of n tokens; all weight is on
 * the token itself elsewhere. ρ ~ U(0, `virtualBudget`), each text by itself; with `mixAllPositions` every position with a gain
 * keeps its proposal. Of equal gains the earlier position goes first.
 */
export function keepWithinBudget(
  options: VdaOptions,
  drawn: HullSample,
  { weights, gains }: Proposal,
): Float32Array {
  const { virtualBudget, mixAllPositions } = substituteSettings(options);
  const { rows, length, width, sizes } = drawn.hulls;
  const streamOf = textStreams(drawn, 'vda-budget');
  const kept = new Float32Array(weights.length);
  for (let place = 0; place < rows * length; place++) kept[place * width] = 1;
  for (let row = 0; row < rows; row++) {
    const rho = virtualBudget * streamOf(row).nextFloat();
    const places = Array.from({ length }, (_, position) => row * length + position);
    const gaining = places
      .filter((place) => gains[place]! > 0)
      .sort((a, b) => gains[b]! - gains[a]! || a - b);
    for (const place of mixAllPositions ? gaining : gaining.slice(0, Math.round(rho * sizes[row]!))) {
      const [start, end] = [place * width, (place + 1) * width];
      kept.set(weights.subarray(start, end), start);
    }
  }
  return kept;
}
