import { encodeExamples, sayTruncated } from '../augmentation/epoch-texts.ts';
import type { PredictionProblem } from '../base/constant-predictions.ts';
import { VdaError } from '../base/error.ts';
import { shown } from '../base/setting-rules.ts';
import type { Example } from '../data/dataset.ts';
import { classificationMetrics } from '../evaluation/classification-metrics.ts';
import type { Classifier } from '../inference/classifier.ts';
import { createClassifier } from '../inference/create-classifier.ts';
import { longestInput } from '../inference/longest-input.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { nodeRuntime } from '../runtime/node/node-runtime.ts';

/** What an evaluation found, on the validation texts. */
export interface Evaluation {
  /** A fraction in [0, 1], as are both F1 and the robust accuracy. */
  readonly accuracy: number;
  /** F1 of class 1 where there are two classes, else as `f1Macro`. */
  readonly f1: number;
  /** Mean of the classes' F1. */
  readonly f1Macro: number;
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
  /** A metric of the caller's, by its name. */
  readonly own?: { readonly name: string; readonly value: number };
  /** Robust accuracy: the fraction still right after an attack on a sample; only where the best model is chosen by it. */
  readonly attackAccuracy?: number;
  /** Where the predictions cannot be told from a constant classifier's. */
  readonly problem?: PredictionProblem;
}

/** What a metric is worked out from: the classifier's answers to all validation texts. */
export interface EvaluatedTexts {
  readonly examples: readonly Example[];
  /** `[classes]` of each text. */
  readonly logits: readonly ArrayLike<number>[];
  /** True class of each text. */
  readonly labels: readonly number[];
  /** Names of the classes. */
  readonly labelNames: readonly string[];
}

/**
 * A metric of one's own, which decides the best checkpoint and stands in the logs.
 *
 *     const errors: OwnMetric = {
 *       name: 'errors',
 *       greaterIsBetter: false,
 *       of: ({ logits, labels }) => labels.filter((label, i) => predictedClass(logits[i]!) !== label).length,
 *     };
 */
export interface OwnMetric {
  /** Letters, digits and underscores: `mcc` stands in logs as `evalMcc`. */
  readonly name: string;
  /** A training that goes on must have the same: raise it with what `of` works out. Default 1. */
  readonly version?: number;
  /** Whether the highest is best. Default true, but for names that end in "loss". */
  readonly greaterIsBetter?: boolean;
  /** NaN where there is nothing to say: such an evaluation is never the best. */
  of(evaluated: EvaluatedTexts): number | Promise<number>;
}

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
  /** Worked out beside the others. */
  readonly metric?: OwnMetric | undefined;
}

/**
 * Prepares accuracy, F1 and mean cross-entropy on labelled texts. The model's weights are read at each call, so one program
 * serves all evaluations of a training run.
 */
export async function createEvaluation(
  model: PretrainedModel,
  { examples, maxLength: asked, batchSize, runtime, name, say, metric }: EvaluationOptions,
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
  const { labels: labelNames } = classifier;
  const labels = examples.map(({ label }) => label);
  return async () => {
    const logits = await classifier.logitsOf(encoded.encodings);
    const { accuracy, f1, macroF1, loss, problem } = classificationMetrics(logits, {
      ...{ classes: labels, labels: labelNames },
    });
    const value = await metric?.of({ examples, logits, labels, labelNames });
    if (metric !== undefined && typeof value !== 'number') {
      throw new VdaError('usage', `The metric ${metric.name} gave ${shown(value)}, expected a number.`);
    }
    return {
      ...{ accuracy: accuracy.value, f1, f1Macro: macroF1, loss },
      ...(metric && { own: { name: metric.name, value: value! } }),
      ...(problem && { problem }),
    };
  };
}
