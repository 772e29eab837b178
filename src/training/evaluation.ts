import { encodeExamples, sayTruncated } from '../augmentation/epoch-texts.ts';
import { predictionProblem } from '../base/constant-predictions.ts';
import type { Example } from '../data/dataset.ts';
import { crossEntropyOf, predictedClass } from '../evaluation/classification-metrics.ts';
import { type Classifier, createClassifier } from '../inference/classifier.ts';
import { longestInput } from '../inference/longest-input.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { nodeRuntime } from '../runtime/node/node-runtime.ts';
import type { Evaluation } from './run-training.ts';

export interface EvaluationOptions {
  readonly examples: readonly Example[];
  /** Tokens a text is cut to; at most what the model can read. */
  readonly maxLength: number;
  /** Texts in a batch; no influence on results. */
  readonly batchSize: number;
  readonly runtime: RuntimeOptions;
  /** What the texts are for; said with how many of them are cut. */
  readonly name: string;
  readonly say: (line: string) => void;
}

/**
 * Prepares accuracy and mean cross-entropy on labelled texts. The model's weights are read at each call, so one program
 * serves all evaluations of a training run.
 */
export async function createEvaluation(
  model: PretrainedModel,
  { examples, maxLength: asked, batchSize, runtime, name, say }: EvaluationOptions,
): Promise<() => Promise<Evaluation>> {
  const maxLength = Math.min(asked, longestInput(model));
  const encoded = encodeExamples(examples, { tokenizer: model.tokenizer, maxLength });
  sayTruncated(encoded, { name, maxLength, say });
  const classifier: Classifier = await createClassifier(model, {
    ...runtime,
    runtime: nodeRuntime,
    maxLength,
    maxRows: batchSize,
    weightsChange: true,
  });
  const { labels } = classifier;
  return async () => {
    const rows = await classifier.logitsOf(encoded.encodings);
    const losses = rows.map((logits, i) => crossEntropyOf(logits, examples[i]!.label));
    const problem = predictionProblem(
      rows.map((logits, i) => ({
        label: labels[examples[i]!.label]!,
        prediction: labels[predictedClass(logits)]!,
      })),
    );
    const right = rows.filter((logits, i) => predictedClass(logits) === examples[i]!.label).length;
    return {
      accuracy: right / examples.length,
      loss: losses.reduce((sum, loss) => sum + loss, 0) / examples.length,
      ...(problem && { problem }),
    };
  };
}
