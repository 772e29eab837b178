import { reduceSum } from '../graph/ops/broadcast.ts';
import { exp, multiply, negate, subtract } from '../graph/ops/elementwise.ts';
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
