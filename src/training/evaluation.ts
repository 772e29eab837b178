import { int64Tensor } from '../base/tensor.ts';
import { sortedBatches } from '../data/batching.ts';
import type { Example } from '../data/dataset.ts';
import { reshape } from '../graph/ops/reshape.ts';
import type { ValueType } from '../graph/value.ts';
import { forward, inputSpecs } from '../inference/forward.ts';
import { loadClassifier } from '../inference/load-classifier.ts';
import type { PretrainedModel } from '../inference/load-pretrained.ts';
import { noDropout } from '../nn/dropout.ts';
import { crossEntropyPerRow } from '../nn/losses.ts';
import { compile, type RuntimeOptions } from '../runtime/compile.ts';
import { padEncodings } from '../text/pad-encodings.ts';
import type { Evaluation } from './run-training.ts';
import { encodeExamples } from './training-data.ts';

export interface EvaluationOptions {
  readonly examples: readonly Example[];
  readonly maxLength: number;
  readonly batchSize: number;
  readonly runtime: RuntimeOptions;
}

/**
 * Compiles accuracy and mean cross-entropy on labelled texts. The model's weights are read at each call, so that one
 * program serves all evaluations of a training run.
 */
export async function createEvaluation(
  model: Pick<PretrainedModel, 'architecture' | 'config' | 'tokenizer' | 'weights'>,
  { examples, maxLength, batchSize, runtime }: EvaluationOptions,
): Promise<() => Promise<Evaluation>> {
  const { architecture, config, tokenizer, weights } = model;
  const { encodings } = encodeExamples(examples, { tokenizer, maxLength });
  const lengths = encodings.map(({ ids }) => ids.length);
  const batches = sortedBatches(lengths, { maxTokens: batchSize * maxLength, maxRows: batchSize });
  const program = await compile(
    ({ weights: w, inputs, labels }) => {
      const first = forward(model, { weights: w, inputs, firstTokenOnly: true });
      const states = reshape(first, ['batch', first.shape[2]!]);
      const logits = architecture.classify(w, states, { config, dropout: noDropout });
      return { logits, losses: crossEntropyPerRow(logits, labels) };
    },
    {
      weights: weights as Record<string, ValueType>,
      inputs: inputSpecs,
      labels: { dtype: 'int64', shape: ['batch'] },
    } as const,
    runtime,
  );

  return async () => {
    let right = 0;
    let loss = 0;
    for (const batch of batches) {
      const labels = batch.map((i) => examples[i]!.label);
      const inputs = padEncodings(
        batch.map((i) => encodings[i]!),
        { padId: tokenizer.padId },
      );
      const { logits, losses } = await program.run({
        weights,
        inputs,
        labels: int64Tensor([labels.length], labels),
      });
      const classes = logits.shape[1]!;
      for (const [row, label] of labels.entries()) {
        const scores = Array.from((logits.data as Float32Array).subarray(row * classes, (row + 1) * classes));
        if (scores.indexOf(Math.max(...scores)) === label) right++;
        loss += Number(losses.data[row]);
      }
    }
    return { accuracy: right / examples.length, loss: loss / examples.length };
  };
}

/** Accuracy and mean cross-entropy of a saved classifier. */
export async function evaluateFolder(folder: string, options: EvaluationOptions): Promise<Evaluation> {
  const evaluate = await createEvaluation(await loadClassifier(folder), options);
  return evaluate();
}
