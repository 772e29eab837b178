import { optionTable, type SettingsOf, settingsBesideDefaults, withDefaults } from '../base/option-table.ts';
import type { Part } from '../base/part.ts';
import { scalar } from '../graph/ops/constant.ts';
import { add, multiply, negate } from '../graph/ops/elementwise.ts';
import { reduceMean } from '../graph/ops/reduce.ts';
import { logSoftmax } from '../graph/ops/softmax.ts';
import type { Value } from '../graph/value.ts';
import { crossEntropyPerRow } from '../nn/losses.ts';

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
});

export type LossOptions = SettingsOf<typeof lossOptions>;

/** One more with each change of what a loss with options comes to. */
const lossVersion = 1;

/** Labels int64 `[N]` that count by a weight `[]`: of a mixed text, one of its two. */
export interface WeightedLabels {
  readonly labels: Value;
  readonly weight: Value;
}

/** The loss of logits `[N, C]` under labels int64 `[N]`, or under mixed ones, a mean over the batch: `[]`. */
export type ClassificationLoss = (logits: Value, labels: Value | readonly WeightedLabels[]) => Value;

/**
 * The one classification loss, of every strategy: cross-entropy with its options.
 *
 *     L = 1/N Σ_n Σ_c q_nc·(−log softmax(z_n)_c),   q_n = (1 − ε)·onehot(y_n) + ε/C
 *
 * Mixed labels have the weighted sum of their losses. Without options the program is that of plain mean cross-entropy, node by node.
 *
 * Source: `torch.nn.CrossEntropyLoss`, whose arguments of these names mean the same.
 */
export function createClassificationLoss(given: Partial<LossOptions> = {}): ClassificationLoss {
  const options = withDefaults(lossOptions, given);
  return (logits, labels) => {
    if (!isMixed(labels)) return reduceMean(lossPerRow(logits, labels, options));
    const parts = labels.map((one) => multiply(one.weight, lossPerRow(logits, one.labels, options)));
    return reduceMean(parts.reduce(add));
  };
}

const isMixed = (labels: Value | readonly WeightedLabels[]): labels is readonly WeightedLabels[] =>
  Array.isArray(labels);

/** Shapes: logits `[N, C]`, labels int64 `[N]` → `[N]`. */
function lossPerRow(logits: Value, labels: Value, { labelSmoothingFactor: smoothing }: LossOptions): Value {
  const own = crossEntropyPerRow(logits, labels);
  if (smoothing === 0) return own;
  const even = negate(reduceMean(logSoftmax(logits), { axes: [-1] }));
  return add(multiply(scalar(1 - smoothing), own), multiply(scalar(smoothing), even));
}

/** The loss as a part of what a training is; none where it is plain cross-entropy, as it was before there were options. */
export function lossIdentity(given: Partial<LossOptions>): Part | undefined {
  const settings = settingsBesideDefaults(lossOptions, given);
  if (Object.keys(settings).length === 0) return undefined;
  return { id: 'classification-loss', version: lossVersion, settings };
}
