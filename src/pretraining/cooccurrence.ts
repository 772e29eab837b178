import { argument, VdaError } from '../base/error.ts';
import { randomKey, randomStream } from '../base/random.ts';
import { leadingSubspace, type SparseSymmetric } from './leading-subspace.ts';
import type { MlmCorpus } from './mlm-corpus.ts';

/** Tokens on either side that count as neighbours; one at distance d counts 1/d. */
const windowSize = 4;
/** Context counts to this power, which keeps rare neighbours from weighing too much (Levy et al. 2015, §3.2). */
const contextSmoothing = 0.75;
/** Root mean square of an embedding's entries; about that of trained BERTs. */
const embeddingScale = 0.05;
/** Each product with the matrix sharpens the subspace; the gain of a sixth is below what training changes in minutes. */
const iterations = 5;
/** The table of counts is V × V floats: 1 GiB at this size. */
export const largestVocabulary = 16_384;

/**
 * Word embeddings, row-major `[V, H]`, to start a masked LM from, by the tokens' neighbours in the corpus:
 *
 *     PMI(a, b) = log p(a, b) − ½·(log p(a) + log p̃(b) + log p(b) + log p̃(a)),   p̃ ∝ p^0.75
 *     E = U·Σ^½ of the H largest singular values of max(PMI, 0),   scaled to entries of root mean square 0.05
 *
 * E·Eᵀ then says which tokens stand together: with a tied decoder and log frequencies as its bias, that is the guess
 * the model would otherwise have to learn first.
 * Source: Levy & Goldberg 2014 (NIPS), §5; Levy, Goldberg & Dagan 2015 (TACL), §3.
 *
 * @throws VdaError `usage` for a vocabulary above {@link largestVocabulary} or narrower than the embedding
 */
export function cooccurrenceEmbeddings(
  corpus: MlmCorpus,
  { vocabSize, hiddenSize, seed }: Record<'vocabSize' | 'hiddenSize' | 'seed', number>,
): Float32Array {
  if (vocabSize > largestVocabulary || vocabSize < hiddenSize) {
    throw new VdaError(
      'usage',
      `${argument('embeddingInit')} cooccurrence counts pairs of tokens: expected a vocabulary of ${hiddenSize} (the hidden size) to ${largestVocabulary} tokens, got ${vocabSize}. Change ${argument('vocabSize')}, or take ${argument('embeddingInit')} random.`,
    );
  }
  const pairs = countNeighbours(corpus, vocabSize);
  const stream = randomStream(randomKey(seed, 'co-occurrence embeddings'));
  const { vectors, magnitudes } = leadingSubspace(positivePmi(pairs, vocabSize), {
    count: hiddenSize,
    iterations,
    stream,
  });
  const embeddings = vectors.map((value, i) => value * Math.sqrt(magnitudes[i % hiddenSize]!));
  const meanSquare = embeddings.reduce((sum, value) => sum + value * value, 0) / embeddings.length;
  const scale = embeddingScale / Math.sqrt(meanSquare);
  return embeddings.map((value) => value * scale);
}

/**
 * Log unigram frequency of each token in the corpus, `[V]`, the ends of sequences aside: the best guess without any context. Half a
 * count more each, so that a token that never occurs still has a logarithm.
 */
export function logFrequencies(
  { ids, length, sequences }: MlmCorpus,
  { vocabSize }: { readonly vocabSize: number },
): Float32Array {
  const counts = new Float64Array(vocabSize).fill(0.5);
  for (let sequence = 0; sequence < sequences; sequence++) {
    for (let i = sequence * length + 1; i < (sequence + 1) * length - 1; i++) counts[ids[i]!]!++;
  }
  const total = sumOf(counts);
  return Float32Array.from(counts, (count) => Math.log(count / total));
}

/** Weighted counts of neighbours, a symmetric table `[V, V]`; the ends of sequences aside. */
function countNeighbours({ ids, length, sequences }: MlmCorpus, vocabSize: number): Float32Array {
  const pairs = new Float32Array(vocabSize * vocabSize);
  for (let sequence = 0; sequence < sequences; sequence++) {
    const first = sequence * length + 1;
    const end = (sequence + 1) * length - 1;
    for (let i = first; i < end; i++) {
      const token = ids[i]!;
      for (let j = i + 1; j < Math.min(end, i + 1 + windowSize); j++) {
        const other = ids[j]!;
        pairs[token * vocabSize + other]! += 1 / (j - i);
        pairs[other * vocabSize + token]! += 1 / (j - i);
      }
    }
  }
  return pairs;
}

/** max(PMI, 0) of a table of counts. */
export function positivePmi(pairs: Float32Array, size: number): SparseSymmetric {
  const counts = Float64Array.from({ length: size }, (_, row) =>
    sumOf(pairs.subarray(row * size, (row + 1) * size)),
  );
  const total = sumOf(counts);
  const smoothed = counts.map((count) => count ** contextSmoothing);
  const smoothedTotal = sumOf(smoothed);
  // ½·(log p + log p̃) of each token; the formula takes one of either token.
  const half = counts.map(
    (count, i) => (Math.log(count / total) + Math.log(smoothed[i]! / smoothedTotal)) / 2,
  );

  const entries = pairs.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const starts = new Uint32Array(size + 1);
  const columns = new Uint32Array(entries);
  const values = new Float32Array(entries);
  let filled = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const count = pairs[row * size + column]!;
      const pmi = count > 0 ? Math.log(count / total) - half[row]! - half[column]! : 0;
      if (pmi <= 0) continue;
      columns[filled] = column;
      values[filled++] = pmi;
    }
    starts[row + 1] = filled;
  }
  return { size, starts, columns: columns.subarray(0, filled), values: values.subarray(0, filled) };
}

const sumOf = (values: Float32Array | Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};
