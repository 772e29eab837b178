import { argument, VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import { float32Tensor } from '../base/tensor.ts';
import { constant } from '../graph/ops/constant.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { multiplyDims } from '../graph/shape.ts';
import type { Value } from '../graph/value.ts';
import { hiddenStates } from '../models/hidden-states.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { noDropout } from '../nn/dropout.ts';
import type { BatchValues } from '../strategies/train-batch.ts';

/** Logit of a row that belongs to no token, as where a table was made longer than the vocabulary: e^−10000 is 0. */
const never = -1e4;

/** A masked language model that reads and guesses a student's tokens, under the student's ids. */
export type Teacher = Pick<PretrainedModel, 'architecture' | 'config' | 'weights'>;

/**
 * A model on a part of its vocabulary: the rows of its word embeddings, and the entries of its output bias, that belong to a
 * student's tokens, in their order. The rest is as it was, so the model reads the student's ids as its own, and a softmax over
 * its logits is that of the whole vocabulary renormalised to the student's tokens:
 *
 *     p'(v) = p(v) / Σ_u p(u),   u, v among the student's tokens
 *
 * Where the student cuts a word into shorter pieces than the teacher would, the teacher reads those, which it knows less well.
 * @throws VdaError `unsupported` for a token that the teacher has not
 */
export function teacherFor(
  student: Pick<PretrainedModel, 'tokenizer' | 'config'>,
  model: PretrainedModel,
): Teacher {
  const { architecture, config, tokenizer, weights, folder } = model;
  const tokens = Array.from({ length: student.tokenizer.vocabSize }, (_, id) =>
    student.tokenizer.tokenOf(id),
  );
  const unknown = tokens.filter((token) => tokenizer.idOf(token) === undefined);
  if (unknown.length > 0) {
    throw new VdaError(
      'unsupported',
      `The ${argument('teacher')} in ${folder} has no guess for ${unknown.length} of the ${tokens.length} tokens of the model that it is to teach (${excerptList(unknown)}): expected a vocabulary that holds all of them. Leave out ${argument('model')}, so that the vocabulary is a part of the teacher's, or give the teacher whose vocabulary the model has.`,
    );
  }
  const rows = tokens.map((token) => tokenizer.idOf(token)!);
  const { vocabSize } = student.config;
  const { wordEmbeddingName, decoderBiasName } = architecture;
  const { hiddenSize } = config;
  const table = weights[wordEmbeddingName]!.data;
  const embeddings = new Float32Array(vocabSize * hiddenSize);
  const biases = new Float32Array(vocabSize).fill(never);
  rows.forEach((row, i) => {
    embeddings.set(table.subarray(row * hiddenSize, (row + 1) * hiddenSize), i * hiddenSize);
    biases[i] = weights[decoderBiasName]!.data[row]!;
  });
  return {
    architecture,
    config: { ...config, vocabSize },
    weights: {
      ...weights,
      [wordEmbeddingName]: float32Tensor([vocabSize, hiddenSize], embeddings),
      [decoderBiasName]: float32Tensor([vocabSize], biases),
    },
  };
}

/**
 * What a teacher says of tokens of a batch: its logits at `positions` (index into `[batch·length]`), no dropout.
 * Shapes: positions int64 `[N]` → `[N, V]`.
 */
export function teacherLogits(
  { architecture, config, weights: stored }: Teacher,
  p: { readonly batch: Pick<BatchValues, 'ids' | 'typeIds' | 'attentionMask'>; readonly positions: Value },
): Value {
  const { ids, ...inputs } = p.batch;
  const weights = Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, constant(value)]));
  const options = { config, dropout: noDropout };
  const tokens = takeRows(weights[architecture.wordEmbeddingName]!, ids);
  const hidden = hiddenStates(architecture, { weights, inputs: { ...inputs, tokens }, ...options });
  const rows = reshape(hidden, [multiplyDims('batch', 'length'), config.hiddenSize]);
  return architecture.maskedLm(weights, takeRows(rows, p.positions), options);
}
