import { sortedBatches } from '../data/batching.ts';
import { type PaddedBatch, padEncodings } from '../text/pad-encodings.ts';
import type { Encoding } from '../text/tokenizer.ts';

/** A batch of texts with the same number of tokens, so without padding. */
export interface EqualLengthBatch {
  /** Index of each row's encoding. Rows beyond these repeat the first and are to be left out. */
  readonly indices: readonly number[];
  readonly inputs: PaddedBatch;
  readonly length: number;
}

export interface EqualLengthOptions {
  readonly padId: number;
  /** Most tokens in a batch, but two texts are always let in: one alone would be worked out twice. */
  readonly maxTokens: number;
  /** Most texts in a batch. Default: as many as `maxTokens` lets in. */
  readonly maxRows?: number;
}

/**
 * Cuts texts into batches of equal token length, longest first.
 *
 * Nothing is padded and no batch has a single row, and that makes a row's answer, to the last bit, the same whatever
 * it is batched with: padding changes the order in which attention sums, and a matrix product of one row is summed
 * by another kernel of ONNX Runtime than that of several.
 */
export function equalLengthBatches(
  encodings: readonly Encoding[],
  { padId, maxTokens, maxRows = maxTokens }: EqualLengthOptions,
): readonly EqualLengthBatch[] {
  const byLength = new Map<number, number[]>();
  for (const [index, { ids }] of encodings.entries()) {
    const group = byLength.get(ids.length);
    if (group) group.push(index);
    else byLength.set(ids.length, [index]);
  }
  const longestFirst = [...byLength].sort(([a], [b]) => b - a);
  return longestFirst.flatMap(([length, group]) =>
    sortedBatches(new Uint32Array(group.length).fill(length), {
      maxTokens: Math.max(maxTokens, 2 * length),
      maxRows,
    }).map((batch) => {
      const indices = batch.map((i) => group[i]!);
      const rows = (indices.length === 1 ? [indices[0]!, indices[0]!] : indices).map((i) => encodings[i]!);
      return { indices, inputs: padEncodings(rows, { padId }), length };
    }),
  );
}
