import { scalar } from '../graph/ops/constant.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { multiplyDims } from '../graph/shape.ts';
import type { ValueType } from '../graph/value.ts';
import { hiddenStates } from '../models/hidden-states.ts';
import { crossEntropy } from '../nn/losses.ts';
import type { BatchValues } from '../strategies/train-batch.ts';
import type { Objective, ObjectiveInputs, StepSetup } from '../strategies/train-step.ts';

/** Feeds of masked-LM training: where the guesses are (index into `[batch·length]`) and the tokens that stood there. */
export const maskedLmSpecs = {
  positions: { dtype: 'int64', shape: ['masked'] },
  targets: { dtype: 'int64', shape: ['masked'] },
} as const satisfies Record<string, ValueType>;

/**
 * Masked language modelling: mean cross-entropy of the tokens at the chosen positions, given the text with most of
 * them masked. Only those positions go through the vocabulary-sized decoder.
 * Source: Devlin et al. 2019 (arXiv:1810.04805) §3.1.
 */
export function maskedLmObjective(
  { architecture, config }: Pick<StepSetup, 'architecture' | 'config'>,
  {
    weights,
    batch,
    tokens,
    extra,
    dropout,
  }: Pick<ObjectiveInputs, 'weights' | 'tokens' | 'extra' | 'dropout'> & {
    readonly batch: Pick<BatchValues, 'ids' | 'typeIds' | 'attentionMask'>;
  },
): Objective {
  const options = { config, dropout };
  const hidden = hiddenStates(architecture, { weights, inputs: { ...batch, tokens }, ...options });
  const rows = reshape(hidden, [multiplyDims('batch', 'length'), hidden.shape[2]!]);
  const guesses = architecture.maskedLm(weights, takeRows(rows, extra.positions!), options);
  const loss = crossEntropy(guesses, extra.targets!);
  return { loss, ce: loss, reg: scalar(0) };
}
