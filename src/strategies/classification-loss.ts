import { argument, VdaError } from '../base/error.ts';
import { optionTable, type SettingsOf, settingsBesideDefaults, withDefaults } from '../base/option-table.ts';
import type { Part } from '../base/part.ts';
import { float32Tensor, type Tensor } from '../base/tensor.ts';
import { constant, scalar } from '../graph/ops/constant.ts';
import { abs, add, divide, multiply, negate, sign, subtract } from '../graph/ops/elementwise.ts';
import { reduceMean } from '../graph/ops/reduce.ts';
import { logSoftmax } from '../graph/ops/softmax.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import type { Value, ValueType } from '../graph/value.ts';
import { crossEntropyPerRow } from '../nn/losses.ts';
import type { TrainBatch } from './train-batch.ts';

/** Options of the classification loss, of any strategy. Flags, help, checks and the identity of a training follow from here. */
export const lossOptions = optionTable({
  labelSmoothingFactor: {
    kind: 'number',
    default: 0,
    min: 0,
    below: 1,
    description:
      'Share of each label that is spread evenly over all classes, as in PyTorch (Szegedy et al. 2016, ε); 0 for none.',
    value: 'EPSILON',
    knownAs: ['label-smoothing', 'smoothing'],
  },
  classWeights: {
    kind: 'numbers',
    each: { kind: 'number', above: 0 },
    default: undefined,
    description:
      'Weight of each class in the loss, in the order of the labels, as in PyTorch: the loss of a step is divided by the sum of the weights of its texts. By default all count alike.',
    value: 'WEIGHT',
    knownAs: ['class-weight', 'label-weights', 'loss-weights'],
  },
  trainTemperature: {
    kind: 'number',
    default: 1,
    above: 0,
    description:
      'Divides the logits in the loss, which is multiplied by it, so that the learning rate keeps its meaning; above 1 the logits grow larger. Not in evaluation, nor in the saved model.',
    value: 'T',
    knownAs: ['loss-temperature', 'logit-temperature'],
  },
  floodingLevel: {
    kind: 'number',
    default: 0,
    min: 0,
    description:
      "A batch's loss L becomes |L - b| + b: below b training climbs again (flooding, Ishida et al. 2020). 0 for none.",
    value: 'B',
    knownAs: ['flooding', 'flood-level', 'flooding-b'],
  },
});

/** Options of the classification loss, as `vda train` has them: label smoothing, class weights, temperature, flooding. */
export type LossOptions = SettingsOf<typeof lossOptions>;

/** One more with each change of what a loss with options comes to. */
const lossVersion = 1;

/** Labels int64 `[N]` that count by a weight `[]`: of a mixed text, one of its two. */
export interface WeightedLabels {
  readonly labels: Value;
  readonly weight: Value;
}

type LossOfBatch = (logits: Value, labels: Value | readonly WeightedLabels[]) => Value;

/** The loss of logits `[N, C]` under labels int64 `[N]`, or under mixed ones, a mean over the batch: `[]`. */
export interface ClassificationLoss {
  (...given: Parameters<LossOfBatch>): Value;
  /**
   * A gradient of that loss as an adversary climbs it. Below the flooding level training climbs the loss, and so would its
   * gradient turn an adversary round; here it points uphill on either side. Without flooding it is the gradient as it is.
   */
  uphill(gradient: Value, ...given: Parameters<LossOfBatch>): Value;
}

/** The loss as a program has it: what it is fed for a batch, and the loss itself over those feeds. */
export interface LossInProgram {
  readonly specs: Readonly<Record<string, ValueType>>;
  feedsOf(batch: Pick<TrainBatch, 'stepLabels'>): Readonly<Record<string, Tensor>>;
  trace(feeds: Readonly<Record<string, Value>>): ClassificationLoss;
}

/**
 * The one classification loss, of every strategy: cross-entropy with its options.
 *
 *     L = 1/N Σ_n l_n/w̄,   l_n = T·Σ_c w_c·q_nc·(−log softmax(z_n/T)_c),   q_n = (1 − ε)·onehot(y_n) + ε/C
 *
 * The factor T keeps the gradient's size: ∂l_n/∂z_n = softmax(z_n/T) − q_n where all classes weigh 1.
 *
 * w are the class weights, w̄ is the mean of w_y over all texts of the optimizer step. Over a step of one batch that is PyTorch's
 * Σ l_n / Σ w_{y_n}; and as batches of a step are added up by their numbers of texts, 8 batches of 1 train as 1 of 8 does.
 * Mixed labels have the weighted sum of their losses: in a batch whose texts are mixed with each other, w̄ is the same for
 * both. Without options the program is that of plain mean cross-entropy, node by node.
 *
 * With flooding at a level b > 0 the loss of a batch is
 *
 *     F = |L − b| + b,   ∂F/∂L = sign(L − b)
 *
 * so that the mean stays about b. Each term of a strategy that is a classification loss is flooded by itself (each pass of FreeLB, each of
 * SMix's two), and each batch where a step accumulates several.
 *
 * Source: `torch.nn.CrossEntropyLoss`, whose arguments of these names mean the same; flooding: Ishida et al., ICML 2020
 * (arXiv:2002.08709), of batches too. Departure: the choice of b by gradient accordance (Flooding-X, Liu et
 * al., ACL 2022) is left to the user.
 */
export function createClassificationLoss(given: Partial<LossOptions> = {}): LossInProgram {
  const options = withDefaults(lossOptions, given);
  const { classWeights } = options;
  if (classWeights === undefined) {
    return { specs: {}, feedsOf: () => ({}), trace: () => flooded(lossWith(options, reduceMean), options) };
  }
  const meanWeight = (labels: readonly number[]) =>
    labels.reduce((sum, label) => sum + classWeights[label]!, 0) / labels.length;
  return {
    specs: { meanClassWeight: { dtype: 'float32', shape: [] } },
    feedsOf: ({ stepLabels }) => ({ meanClassWeight: float32Tensor([], [meanWeight(stepLabels)]) }),
    trace: (feeds) =>
      flooded(
        lossWith(options, (rows) => divide(reduceMean(rows), feeds.meanClassWeight!)),
        options,
      ),
  };
}

/** |L − b| + b, and the sign that turns its gradient back. */
function flooded(lossOf: LossOfBatch, { floodingLevel }: LossOptions): ClassificationLoss {
  if (floodingLevel === 0) return Object.assign(lossOf, { uphill: (gradient: Value) => gradient });
  const level = scalar(floodingLevel);
  return Object.assign<LossOfBatch, Pick<ClassificationLoss, 'uphill'>>(
    (logits, labels) => add(abs(subtract(lossOf(logits, labels), level)), level),
    {
      uphill: (gradient, logits, labels) => multiply(gradient, sign(subtract(lossOf(logits, labels), level))),
    },
  );
}

const lossWith =
  (options: LossOptions, mean: (rows: Value) => Value): LossOfBatch =>
  (logits, labels) => {
    if (!isMixed(labels)) return mean(lossPerRow(logits, labels, options));
    const parts = labels.map((one) => multiply(one.weight, lossPerRow(logits, one.labels, options)));
    return mean(parts.reduce(add));
  };

const isMixed = (labels: Value | readonly WeightedLabels[]): labels is readonly WeightedLabels[] =>
  Array.isArray(labels);

/** Shapes: logits `[N, C]`, labels int64 `[N]` → `[N]`. */
function lossPerRow(logits: Value, labels: Value, options: LossOptions): Value {
  const { trainTemperature: temperature } = options;
  if (temperature !== 1) {
    const cooled = divide(logits, scalar(temperature));
    return multiply(scalar(temperature), lossPerRow(cooled, labels, { ...options, trainTemperature: 1 }));
  }
  const { labelSmoothingFactor: smoothing, classWeights } = options;
  const weights = classWeights && constant(float32Tensor([classWeights.length], classWeights));
  const plain = crossEntropyPerRow(logits, labels);
  const own = weights ? multiply(plain, takeRows(weights, labels)) : plain;
  if (smoothing === 0) return own;
  const ofClasses = negate(logSoftmax(logits));
  const even = reduceMean(weights ? multiply(ofClasses, weights) : ofClasses, { axes: [-1] });
  return add(multiply(scalar(1 - smoothing), own), multiply(scalar(smoothing), even));
}

/**
 * Holds options of the loss against the classes of the data.
 * @throws VdaError `usage` for another number of class weights than classes
 */
export function checkLossFits(
  owner: string,
  { options, classes }: { readonly options: Partial<LossOptions>; readonly classes: number },
): void {
  const { classWeights } = options;
  if (classWeights === undefined || classWeights.length === classes) return;
  throw new VdaError(
    'usage',
    `${owner}: ${argument('classWeights')}: expected ${classes} weights, one for each class in the order of the labels, got ${classWeights.length}.`,
  );
}

/** The loss as a part of what a training is; none where it is plain cross-entropy, as it was before there were options. */
export function lossIdentity(given: Partial<LossOptions>): Part | undefined {
  const settings = settingsBesideDefaults(lossOptions, given);
  if (Object.keys(settings).length === 0) return undefined;
  return { id: 'classification-loss', version: lossVersion, settings };
}
