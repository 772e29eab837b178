import { randomKey } from '../base/random.ts';
import type { ResidentTensor } from '../base/resident-tensor.ts';
import type { Tensor } from '../base/tensor.ts';
import { tensor } from '../base/tensor.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import type { ValueType } from '../graph/value.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import { noDropout } from '../nn/dropout.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { compile } from '../runtime/node/compile.ts';
import { batchSpecs } from '../strategies/train-batch.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { maskedLmObjective, maskedLmSpecs } from './masked-lm.ts';
import type { MlmCorpus } from './mlm-corpus.ts';
import { maskSequences } from './mlm-masking.ts';

const rowsAtOnce = 32;

/** A compiled masked-LM loss, for any number of evaluations. */
export interface MaskedLmEvaluation {
  /** The mean over all masked tokens of a corpus, in nats, of the weights as they are. */
  lossOn(
    corpus: MlmCorpus,
    options: { readonly probability: number; readonly seed: number },
  ): Promise<number>;
  release(): Promise<void>;
}

/** Compiles the masked-LM loss without dropout. */
export async function createMaskedLmEvaluation(p: {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** As programs take them; they may change between evaluations. */
  readonly weights: Readonly<Record<string, Tensor<'float32'> | ResidentTensor>>;
  readonly runtime: RuntimeOptions;
}): Promise<MaskedLmEvaluation> {
  const { weights } = p;
  const { ids, typeIds, attentionMask } = batchSpecs;
  const program = await compile(
    ({ weights: w, batch, extra }) => ({
      loss: maskedLmObjective(p, {
        weights: w,
        batch,
        tokens: takeRows(w[p.architecture.wordEmbeddingName]!, batch.ids),
        extra,
        dropout: noDropout,
      }).loss,
    }),
    {
      weights: weights as Record<string, ValueType>,
      batch: { ids, typeIds, attentionMask },
      extra: maskedLmSpecs,
    },
    p.runtime,
  );
  const lossOn: MaskedLmEvaluation['lossOn'] = async (corpus, { probability, seed }) => {
    const key = randomKey(seed, 'mlm-evaluation');
    let sum = 0;
    let count = 0;
    for (let start = 0; start < corpus.sequences; start += rowsAtOnce) {
      const sequences = Array.from(
        { length: Math.min(rowsAtOnce, corpus.sequences - start) },
        (_, i) => start + i,
      );
      const masked = maskSequences(corpus, { sequences, probability, key, epoch: 0, tokenizer: p.tokenizer });
      const guesses = masked.targets.data.length;
      if (guesses === 0) continue;
      const { shape } = masked.ids;
      const size = masked.ids.data.length;
      const { loss } = await program.run({
        weights,
        batch: {
          ids: masked.ids,
          typeIds: tensor('int64', shape, new BigInt64Array(size)),
          attentionMask: tensor('int64', shape, new BigInt64Array(size).fill(1n)),
        },
        extra: { positions: masked.positions, targets: masked.targets },
      });
      sum += Number(loss.data[0]) * guesses;
      count += guesses;
    }
    return count === 0 ? Number.NaN : sum / count;
  };
  return { lossOn, release: program.release };
}
