import { reduceSum } from '../graph/ops/broadcast.ts';
import { scalar } from '../graph/ops/constant.ts';
import { divide, exp, multiply, negate, subtract } from '../graph/ops/elementwise.ts';
import { reduceMean } from '../graph/ops/reduce.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { logSoftmax } from '../graph/ops/softmax.ts';
import { takeAlong } from '../graph/ops/take-along.ts';
import type { Value } from '../graph/value.ts';

/**
 * Cross-entropy of integer labels, per row: −log softmax(z)[y].
 * Shapes: logits `[N, C]`, labels int64 `[N]` → `[N]`.
 */
export function crossEntropyPerRow(logits: Value, labels: Value): Value {
  const rows = logits.shape[0]!;
  const picked = takeAlong(logSoftmax(logits), reshape(labels, [rows, 1]));
  return negate(reshape(picked, [rows]));
}

/** Mean cross-entropy over the batch, as `torch.nn.functional.cross_entropy`. Shapes as {@link crossEntropyPerRow} → `[]`. */
export const crossEntropy = (logits: Value, labels: Value): Value =>
  reduceMean(crossEntropyPerRow(logits, labels));

/**
 * Symmetric KL divergence, mean over the batch.
 *
 *     sKL = KL(p‖q) + KL(q‖p) = 1/N Σₙ Σ_c (p_c − q_c)(log p_c − log q_c)
 *
 * Shapes: both logits `[N, C]` → `[]`. Source: VDA (Zhou et al. 2021) Eq. 6; SMART (Jiang et al. 2020) §3.1.
 */
export function symmetricKl(pLogits: Value, qLogits: Value): Value {
  const [logP, logQ] = [logSoftmax(pLogits), logSoftmax(qLogits)];
  const difference = subtract(exp(logP), exp(logQ));
  return reduceMean(reduceSum(multiply(difference, subtract(logP, logQ)), { axes: [-1] }));
}

/**
 * Distillation loss: how far a student's softened predictions are from a teacher's, mean over the rows.
 *
 *     L = T² · 1/N Σₙ KL(p ‖ q),   p = softmax(z_teacher / T),   q = softmax(z_student / T)
 *
 * Gradients shrink as 1/T² in softened logits; the factor T² keeps their size beside that of a hard loss. The teacher's
 * entropy, which KL has beside the cross-entropy of soft targets, changes no gradient of the student.
 * Shapes: both logits `[N, C]` → `[]`.
 * Source: Hinton, Vinyals & Dean 2015 (arXiv:1503.02531) §2; as KL, DistilBERT's code (Sanh et al. 2019, arXiv:1910.01108).
 */
export function distillationLoss(
  student: Value,
  p: { readonly teacher: Value; readonly temperature: number },
): Value {
  const soften = (logits: Value) => logSoftmax(divide(logits, scalar(p.temperature)));
  const [target, own] = [soften(p.teacher), soften(student)];
  const divergence = reduceSum(multiply(exp(target), subtract(target, own)), { axes: [-1] });
  return multiply(scalar(p.temperature ** 2), reduceMean(divergence));
}
