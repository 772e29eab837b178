import type { TrainBatch } from '../train-batch.ts';
import type { VdaFeedSources } from './feed-sources.ts';

/**
 * The candidates of every position of a batch, C_i = {the token itself} ∪ its substitutes: their embeddings V_ij are the corners
 * of the hull that a virtual embedding ê_i = Σ_j w_ij V_ij lies in.
 */
export interface Hulls {
  readonly rows: number;
  readonly length: number;
  /** Most candidates of a position, at least 1. */
  readonly width: number;
  /** Candidates `[rows, length, width]`, the token itself first; itself again where there are fewer. */
  readonly tokens: Int32Array;
  /** Candidates of each position, itself included: `[rows, length]`. */
  readonly counts: Int32Array;
  /** Tokens of each row that are no special tokens and no padding. */
  readonly sizes: readonly number[];
}

/** The hulls of a batch's texts. */
export function hullsOf(
  { ids, exampleIds }: Pick<TrainBatch, 'ids' | 'exampleIds'>,
  { specialIds, substitutesOf }: VdaFeedSources,
): Hulls {
  const [rows, length] = ids.shape as [number, number];
  const own = Int32Array.from(ids.data as BigInt64Array, Number);
  const found = exampleIds.map((id, row) =>
    substitutesOf!(id, own.subarray(row * length, (row + 1) * length)),
  );
  const width = found.flat().reduce((most, each) => Math.max(most, 1 + each.length), 1);
  const tokens = new Int32Array(rows * length * width);
  const counts = new Int32Array(rows * length);
  for (let place = 0; place < rows * length; place++) {
    const substitutes = found[Math.floor(place / length)]![place % length]!;
    tokens.fill(own[place]!, place * width, (place + 1) * width);
    tokens.set(substitutes, place * width + 1);
    counts[place] = 1 + substitutes.length;
  }
  const sizes = exampleIds.map(
    (_, row) => own.subarray(row * length, (row + 1) * length).filter((id) => !specialIds.has(id)).length,
  );
  return { rows, length, width, tokens, counts, sizes };
}
