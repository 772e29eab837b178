import { type PredictionProblem, predictionProblem } from '../base/constant-predictions.ts';
import { type Estimate, wilson } from '../base/statistics.ts';

/** Precision, recall and F1 of one class; fractions in [0, 1], NaN where nothing can be said. */
export interface ClassMetrics {
  readonly label: string;
  /** Right among those predicted as this class. */
  readonly precision: number;
  /** Right among those of this class, with its 95 % interval. */
  readonly recall: Estimate;
  /** 2·right / (predicted + examples): the harmonic mean of precision and recall. */
  readonly f1: number;
  readonly examples: number;
}

/** How well a classifier does on labelled texts. */
export interface ClassificationMetrics {
  readonly examples: number;
  /** With Wilson's 95 % interval. */
  readonly accuracy: Estimate;
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
  /** Mean of the classes' F1 over those that occur among examples or predictions: scikit-learn's `f1_score` with `average='macro'`. */
  readonly macroF1: number;
  /** Of two classes the F1 of class 1 (`average='binary'`), 0 where it never occurs; of several as `macroF1`. */
  readonly f1: number;
  readonly classes: readonly ClassMetrics[];
  /** `[C, C]`, examples by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
  /** Where the predictions cannot be told from a constant classifier's. */
  readonly problem?: PredictionProblem;
}

/** The predicted class: the argmax of the logits, the first of equals. */
export function predictedClass(logits: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

/** Cross-entropy of one example, −log softmax(z)[y], in nats. */
export function crossEntropyOf(logits: ArrayLike<number>, label: number): number {
  const values = Array.from(logits);
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, z) => sum + Math.exp(z - most), 0)) - values[label]!;
}

/**
 * Accuracy, loss, precision, recall, F1 and confusion matrix.
 * @param rows logits `[C]` of each example
 * @param truth true class of each example, and the names of all C classes
 */
export function classificationMetrics(
  rows: readonly ArrayLike<number>[],
  truth: { readonly classes: readonly number[]; readonly labels: readonly string[] },
): ClassificationMetrics {
  const { classes, labels } = truth;
  const confusion = labels.map(() => labels.map(() => 0));
  let loss = 0;
  rows.forEach((logits, i) => {
    confusion[classes[i]!]![predictedClass(logits)]!++;
    loss += crossEntropyOf(logits, classes[i]!);
  });
  const perClass = labels.map((label, c): ClassMetrics => {
    const right = confusion[c]![c]!;
    const examples = sum(confusion[c]!);
    const predicted = sum(confusion.map((row) => row[c]!));
    return {
      label,
      precision: right / predicted,
      recall: wilson(right, examples),
      f1: (2 * right) / (predicted + examples),
      examples,
    };
  });
  const occurring = perClass.filter(({ f1 }) => !Number.isNaN(f1));
  const macroF1 = sum(occurring.map(({ f1 }) => f1)) / occurring.length;
  const problem = predictionProblem(
    rows.map((logits, i) => ({ label: labels[classes[i]!]!, prediction: labels[predictedClass(logits)]! })),
  );
  return {
    examples: rows.length,
    accuracy: wilson(sum(labels.map((_, c) => confusion[c]![c]!)), rows.length),
    loss: loss / rows.length,
    macroF1,
    f1: labels.length === 2 ? perClass[1]!.f1 || 0 : macroF1,
    classes: perClass,
    confusion,
    ...(problem && { problem }),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
