import { scalar } from '../graph/ops/constant.ts';
import { add, multiply } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import { multiplyDims } from '../graph/shape.ts';
import type { ValueType } from '../graph/value.ts';
import { hiddenStates } from '../models/hidden-states.ts';
import { crossEntropy, distillationLoss } from '../nn/losses.ts';
import type { BatchValues } from '../strategies/train-batch.ts';
import type { Objective, ObjectiveInputs, StepSetup } from '../strategies/train-step.ts';
import { type Teacher, teacherLogits } from './teacher.ts';

/** Feeds of masked-LM training: where the guesses are (index into `[batch·length]`) and the tokens that stood there. */
export const maskedLmSpecs = {
  positions: { dtype: 'int64', shape: ['masked'] },
  targets: { dtype: 'int64', shape: ['masked'] },
} as const satisfies Record<string, ValueType>;

/** Knowledge distillation: what a masked language model learns from beside the texts. */
export interface Distillation {
  readonly teacher: Teacher;
  /** T, which softens the teacher's predictions and the student's alike. */
  readonly teacherTemperature: number;
  /** α, the soft targets' part of the loss; the rest is the texts'. */
  readonly teacherWeight: number;
}

/**
 * Masked language modelling: mean cross-entropy of the tokens at the chosen positions, given the text with most of
 * them masked. Only those positions go through the vocabulary-sized decoder.
 * With a teacher its predictions at the same positions of the same masked text are soft targets beside:
 *
 *     L = (1 − α)·CE + α·T²·KL(p_T ‖ q_T)
 *
 * Source: Devlin et al. 2019 (arXiv:1810.04805) §3.1; with a teacher, Hinton et al. 2015 (arXiv:1503.02531) §2 and DistilBERT (Sanh
 * et al. 2019, arXiv:1910.01108) §2, whose third loss, on the cosine of hidden states, is left out.
 */
export function maskedLmObjective(
  {
    architecture,
    config,
    distillation,
  }: Pick<StepSetup, 'architecture' | 'config'> & { readonly distillation?: Distillation | undefined },
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
  const ce = crossEntropy(guesses, extra.targets!);
  if (distillation === undefined || distillation.teacherWeight === 0) return { loss: ce, ce, reg: scalar(0) };
  const { teacherTemperature: temperature, teacherWeight } = distillation;
  const teacher = teacherLogits(distillation.teacher, { batch, positions: extra.positions! });
  const reg = distillationLoss(guesses, { teacher, temperature });
  const loss = add(multiply(scalar(1 - teacherWeight), ce), multiply(scalar(teacherWeight), reg));
  return { loss, ce, reg };
}
