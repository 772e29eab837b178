import { int64Tensor } from '../base/tensor.ts';
import { sortedBatches } from '../data/batching.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { logSoftmax } from '../graph/ops/softmax.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { topK as largest } from '../graph/ops/top-k.ts';
import { multiplyDims } from '../graph/shape.ts';
import type { ValueType } from '../graph/value.ts';
import { noDropout } from '../nn/dropout.ts';
import { compile, type RuntimeOptions } from '../runtime/compile.ts';
import { padEncodings } from '../text/pad-encodings.ts';
import type { Encoding } from '../text/tokenizer.ts';
import { forward, inputSpecs } from './forward.ts';
import type { PretrainedModel } from './load-pretrained.ts';

/** The K best tokens at each position of one text, `[T, K]` row-major, best first. */
export interface TopCandidates {
  readonly ids: Int32Array;
  /** Natural logarithms of their probabilities over the whole vocabulary. */
  readonly logProbabilities: Float32Array;
}

/** Positions whose `[N, V]` logits are in memory at once: 125 MB for BERT's vocabulary. */
const positionsAtOnce = 1024;

/**
 * Compiles the question VDA and the attack put to a masked LM: given texts as they stand, nothing masked, which tokens
 * does it expect at each position (VDA, Eq. 2; Li et al. 2020, §3.2)? Padding is never asked about.
 */
export async function createCandidateFinder(
  model: Pick<PretrainedModel, 'architecture' | 'config' | 'tokenizer' | 'weights'>,
  { topK, runtime }: { readonly topK: number; readonly runtime: RuntimeOptions },
): Promise<(encodings: readonly Encoding[]) => Promise<readonly TopCandidates[]>> {
  const { architecture, config, tokenizer, weights } = model;
  const program = await compile(
    ({ weights: w, inputs, positions }) => {
      const hidden = forward(model, { weights: w, inputs });
      const rows = takeRows(reshape(hidden, [multiplyDims('batch', 'length'), hidden.shape[2]!]), positions);
      return largest(logSoftmax(architecture.maskedLm(w, rows, { config, dropout: noDropout })), topK);
    },
    {
      weights: weights as Record<string, ValueType>,
      inputs: inputSpecs,
      positions: { dtype: 'int64', shape: ['positions'] },
    } as const,
    runtime,
  );

  return async (encodings) => {
    const lengths = encodings.map(({ ids }) => ids.length);
    const found: TopCandidates[] = [];
    for (const batch of sortedBatches(lengths, { maxTokens: positionsAtOnce, maxRows: positionsAtOnce })) {
      const chosen = batch.map((i) => encodings[i]!);
      const inputs = padEncodings(chosen, { padId: tokenizer.padId });
      const width = inputs.ids.shape[1]!;
      const positions = chosen.flatMap(({ ids }, row) => ids.map((_, t) => row * width + t));
      const { values, indices } = await program.run({
        ...{ weights, inputs },
        positions: int64Tensor([positions.length], positions),
      });
      let start = 0;
      for (const [row, i] of batch.entries()) {
        const end = start + chosen[row]!.ids.length * topK;
        found[i] = {
          ids: Int32Array.from((indices.data as BigInt64Array).subarray(start, end), Number),
          logProbabilities: (values.data as Float32Array).slice(start, end),
        };
        start = end;
      }
    }
    return found;
  };
}
