import { type WordConstraint, wordConstraint } from './constraint.ts';
import type { SimilarityOptions } from './neighbour-table.ts';

/** Word vectors of length 1, row by row. */
export interface WordVectors {
  readonly rows: ReadonlyMap<string, number>;
  readonly dimension: number;
  readonly values: Float32Array;
}

/**
 * The cosine of the two words' vectors must reach a threshold.
 *
 *     cos(a, b) = Σ_i a_i b_i,  |a| = |b| = 1
 *
 * Source: Zhou et al. 2021's attack: counter-fitted vectors (Mrkšić et al. 2016), 0.7, words without a vector
 * pass. Departure: by default they do not pass.
 *
 * @param threshold least cosine, −1 to 1
 */
export function similarVectors(
  vectors: WordVectors,
  { threshold, unknown = 'refuse', content }: SimilarityOptions & { readonly threshold: number },
): WordConstraint {
  const rowOf = (word: string) => vectors.rows.get(word.toLowerCase());
  const allowsUnknown = unknown === 'allow';
  return wordConstraint(
    {
      ...{ id: 'word-vectors', version: 1, settings: { threshold, unknown } },
      ...(content !== undefined && { content }),
      name: `cosine of word vectors ≥ ${threshold}${allowsUnknown ? ' where both are known' : ''}`,
    },
    {
      allowsReplacing: (word) => allowsUnknown || rowOf(word) !== undefined,
      allowsSubstitution: (from, to) => {
        const [a, b] = [rowOf(from), rowOf(to)];
        if (a === undefined || b === undefined) return allowsUnknown;
        return cosine(vectors, [a, b]) >= threshold;
      },
    },
  );
}

function cosine({ values, dimension }: WordVectors, [a, b]: readonly [number, number]): number {
  let sum = 0;
  for (let i = 0; i < dimension; i++) sum += values[a * dimension + i]! * values[b * dimension + i]!;
  return sum;
}
