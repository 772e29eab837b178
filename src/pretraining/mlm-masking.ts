import { VdaError } from '../base/error.ts';
import { type RandomKey, type RandomStream, randomStream } from '../base/random.ts';
import { int64Tensor, type Tensor, tensor } from '../base/tensor.ts';
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

export interface MaskingOptions {
  readonly sequences: readonly number[];
  readonly probability: number;
  readonly key: RandomKey;
  readonly epoch: number;
  readonly tokenizer: Tokenizer;
}

/**
 * Hides tokens of sequences for masked-LM training: each token that isn't special is chosen with `probability`; a chosen
 * one becomes [MASK] in 80 % of cases, a random token in 10 %, and stays as it is in 10 %.
 * The choice depends on (key, epoch, sequence, position) alone.
 * Source: Devlin et al. 2019 (arXiv:1810.04805) §3.1 and A.1.
 */
export function maskSequences(corpus: MlmCorpus, p: MaskingOptions): MaskedBatch {
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
        ids.push(hidden(id, { stream, tokenizer }));
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

/** What stands in place of a chosen token. */
function hidden(id: number, p: { readonly stream: RandomStream; readonly tokenizer: Tokenizer }): number {
  const fate = p.stream.nextFloat();
  if (fate < 0.8) return p.tokenizer.maskId;
  return fate < 0.9 ? p.stream.nextInt(p.tokenizer.vocabSize) : id;
}

/**
 * {@link maskSequences} for an optimizer step, whose loss is a mean over the chosen tokens: where chance chose none, one is
 * drawn, keyed by (key, epoch, first sequence).
 * Source: `create_pretraining_data.py` of BERT, which chooses at least one token in each sequence.
 * @throws VdaError `bad-input` when all tokens are special
 */
export function maskStep(corpus: MlmCorpus, p: MaskingOptions): MaskedBatch {
  const masked = maskSequences(corpus, p);
  if (masked.targets.data.length > 0) return masked;
  const { ids } = masked;
  const eligible = Array.from(ids.data, Number).flatMap((id, i) =>
    p.tokenizer.specialIds.has(id) ? [] : [i],
  );
  if (eligible.length === 0) {
    throw new VdaError(
      'bad-input',
      `No token of the ${p.sequences.length} sequences of a step can be masked: all are special, such as ${p.tokenizer.tokenOf(p.tokenizer.unkId)}. Give texts that the vocabulary knows, or more sequences a step.`,
    );
  }
  const stream = randomStream(p.key, { a: p.sequences[0]!, b: p.epoch, c: 1 });
  const position = eligible[stream.nextInt(eligible.length)]!;
  const target = Number(ids.data[position]);
  ids.data[position] = BigInt(hidden(target, { stream, tokenizer: p.tokenizer }));
  return { ids, positions: int64Tensor([1], [position]), targets: int64Tensor([1], [target]) };
}

/** A step's sequences apart, `size` at once. */
export function cutMasked({ ids, positions, targets }: MaskedBatch, size: number): readonly MaskedBatch[] {
  const [sequences, length] = ids.shape as [number, number];
  return Array.from({ length: Math.ceil(sequences / size) }, (_, part) => {
    const rows = Math.min(size, sequences - part * size);
    const start = part * size * length;
    const isInside = (i: bigint) => i >= start && i < start + rows * length;
    const own = positions.data.filter(isInside).map((i) => i - BigInt(start));
    return {
      ids: tensor('int64', [rows, length], ids.data.subarray(start, start + rows * length)),
      positions: tensor('int64', [own.length], own),
      targets: tensor(
        'int64',
        [own.length],
        targets.data.filter((_, j) => isInside(positions.data[j]!)),
      ),
    };
  });
}
