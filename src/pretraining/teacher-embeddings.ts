import { argument, VdaError } from '../base/error.ts';
import { randomKey, randomStream } from '../base/random.ts';
import { leadingSubspace, type SparseSymmetric } from './leading-subspace.ts';
import type { Teacher } from './teacher.ts';

/** Orthogonal iteration converges with the ratio of neighbouring eigenvalues; the span is settled long before. */
const iterations = 30;

/**
 * Word embeddings to start a student from: its teacher's, as far as they vary most.
 *
 *     E = (E_t − μ)·P,   P the leading H principal axes of E_t's rows, μ their mean
 *
 * The mean moves all logits alike, so nothing of a tied decoder is lost with it.
 * Source: principal components, Jolliffe 2002 (Principal Component Analysis, 2nd ed.) §2.
 * @returns row-major `[V, H]`, in the scale of the teacher's
 * @throws VdaError `usage` for a student wider than its teacher
 */
export function teacherEmbeddings(
  { architecture, config, weights }: Teacher,
  { hiddenSize, seed }: { readonly hiddenSize: number; readonly seed: number },
): Float32Array {
  const { vocabSize: rows, hiddenSize: width } = config;
  if (hiddenSize > width) {
    throw new VdaError(
      'usage',
      `${argument('embeddingInit')} teacher: expected a model at most as wide as its teacher, ${width}, got ${hiddenSize}. Take a smaller ${argument('hiddenSize')}, or ${argument('embeddingInit')} cooccurrence.`,
    );
  }
  const centred = withoutMean(weights[architecture.wordEmbeddingName]!.data as Float32Array, width);
  const { vectors } = leadingSubspace(gramOf(centred, width), {
    count: hiddenSize,
    iterations,
    stream: randomStream(randomKey(seed, 'teacher embeddings')),
  });
  const embeddings = new Float32Array(rows * hiddenSize);
  for (let row = 0; row < rows; row++) {
    const out = embeddings.subarray(row * hiddenSize, (row + 1) * hiddenSize);
    for (let i = 0; i < width; i++) {
      const value = centred[row * width + i]!;
      const axes = vectors.subarray(i * hiddenSize, (i + 1) * hiddenSize);
      for (let j = 0; j < hiddenSize; j++) out[j]! += value * axes[j]!;
    }
  }
  return embeddings;
}

function withoutMean(table: Float32Array, width: number): Float32Array {
  const mean = new Float64Array(width);
  table.forEach((value, i) => {
    mean[i % width]! += value;
  });
  const rows = table.length / width;
  return table.map((value, i) => value - mean[i % width]! / rows);
}

/** XᵀX of row-major X `[rows, width]`. */
function gramOf(x: Float32Array, width: number): SparseSymmetric {
  const gram = new Float64Array(width * width);
  for (let start = 0; start < x.length; start += width) {
    const row = x.subarray(start, start + width);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) gram[i * width + j]! += row[i]! * row[j]!;
    }
  }
  return {
    size: width,
    starts: Uint32Array.from({ length: width + 1 }, (_, i) => i * width),
    columns: Uint32Array.from({ length: width * width }, (_, i) => i % width),
    values: Float32Array.from(gram),
  };
}
