import { type RandomKey, randomStream } from '../base/random.ts';
import { int64Tensor, type Tensor } from '../base/tensor.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { MlmCorpus } from './mlm-corpus.ts';

export interface MaskedBatch {
  /** int64 `[batch, length]`, with masks. */
  readonly ids: Tensor<'int64'>;
  /** int64 `[masked]`: index into `[batch·length]`. */
  readonly positions: Tensor<'int64'>;
  /** int64 `[masked]`: what stood there. */
  readonly targets: Tensor<'int64'>;
}

/**
 * Hides tokens of sequences for masked-LM training: each token that isn't special is chosen with `probability`; a chosen
 * one becomes [MASK] in 80 % of cases, a random token in 10 %, and stays as it is in 10 %.
 * The choice depends on (key, epoch, sequence, position) alone.
 * Source: Devlin et al. 2019 (arXiv:1810.04805) §3.1 and A.1.
 */
export function maskSequences(
  corpus: MlmCorpus,
  p: {
    readonly sequences: readonly number[];
    readonly probability: number;
    readonly key: RandomKey;
    readonly epoch: number;
    readonly tokenizer: Tokenizer;
  },
): MaskedBatch {
  const { sequences, probability, key, epoch, tokenizer } = p;
  const { length } = corpus;
  const ids: number[] = [];
  const positions: number[] = [];
  const targets: number[] = [];
  for (const sequence of sequences) {
    const stream = randomStream(key, { a: sequence, b: epoch });
    for (let i = 0; i < length; i++) {
      const id = corpus.ids[sequence * length + i]!;
      const chosen = stream.nextFloat() < probability && !tokenizer.specialIds.has(id);
      if (chosen) {
        positions.push(ids.length);
        targets.push(id);
        const fate = stream.nextFloat();
        ids.push(fate < 0.8 ? tokenizer.maskId : fate < 0.9 ? stream.nextInt(tokenizer.vocabSize) : id);
      } else {
        ids.push(id);
      }
    }
  }
  return {
    ids: int64Tensor([sequences.length, length], ids),
    positions: int64Tensor([positions.length], positions),
    targets: int64Tensor([targets.length], targets),
  };
}
