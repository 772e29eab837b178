import { VdaError } from '../base/error.ts';
import type { Kernels } from '../memory/kernels.ts';

/**
 * Parameters that lie side by side in one memory and share their decay setting. The four byte offsets
 * name blocks of `length` float32 in the same order. Between parameters there may be padding, which stays 0.
 */
export interface ParameterRun {
  readonly kernels: Kernels;
  readonly decay: boolean;
  readonly length: number;
  readonly weights: number;
  readonly gradients: number;
  readonly firstMoments: number;
  readonly secondMoments: number;
}

/** Settings of one optimizer step. */
export interface AdamwOptions {
  /** Learning rate of this step, the schedule's factor included. */
  readonly lr: number;
  /** Which step this is, counted from 1. */
  readonly step: number;
  /** β₁ and β₂; default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** ε, above 0; default 1e-8. */
  readonly eps?: number;
  /** Decay of the parameters that have `decay`; default 0.01. */
  readonly weightDecay?: number;
  /** Longest gradient, in Euclidean norm over all parameters, that is used as it is; default: no limit. */
  readonly maxGradNorm?: number;
}

/** What a step saw. */
export interface AdamwReport {
  /** Euclidean norm over all gradients, before clipping. */
  readonly gradNorm: number;
  readonly clipped: boolean;
}

/**
 * One step of AdamW on runs of parameters, in place; the gradients are 0 afterwards.
 *
 *     g ← g·min(1, maxGradNorm/(‖g‖ + 10⁻⁶))
 *     w ← (1 − lr·λ)·w                               (λ = weightDecay, or 0 without decay)
 *     m ← β₁m + (1 − β₁)g,   v ← β₂v + (1 − β₂)g²
 *     w ← w − lr·m̂/(√v̂ + ε),   m̂ = m/(1 − β₁ᵗ),   v̂ = v/(1 − β₂ᵗ)
 *
 * Source: Loshchilov & Hutter 2019 (arXiv:1711.05101), algorithm 2, with PyTorch's choices: the decay is
 * multiplied by the learning rate, and clipping is that of `clip_grad_norm_`. The norm is summed in float64.
 * Our departure: gradients that are not finite stop the step.
 * @throws VdaError `diverged` when a gradient is NaN or infinite; nothing has been changed then
 */
export function adamwStep(runs: readonly ParameterRun[], options: AdamwOptions): AdamwReport {
  const { lr, step, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0.01 } = options;
  const { maxGradNorm = Number.POSITIVE_INFINITY } = options;
  const gradNorm = gradientNorm(runs);
  if (!Number.isFinite(gradNorm)) {
    throw new VdaError(
      'diverged',
      `AdamW: the gradients of step ${step} are not finite (norm ${gradNorm}), so the weights were left as they ` +
        'are. Lower the learning rate, lengthen the warm-up or clip the gradients, and resume from a checkpoint.',
    );
  }
  const clip = Math.min(1, maxGradNorm / (gradNorm + 1e-6));
  const [beta1, beta2] = betas;
  for (const { kernels, decay, length, weights, gradients, firstMoments, secondMoments } of runs) {
    kernels.adamwStep({
      weights,
      gradients,
      firstMoments,
      secondMoments,
      length,
      lr,
      beta1,
      beta2,
      eps,
      weightDecay: decay ? weightDecay : 0,
      biasCorrection1: 1 - beta1 ** step,
      biasCorrection2: 1 - beta2 ** step,
      gradientScale: clip,
      zeroGradients: true,
    });
  }
  return { gradNorm, clipped: clip < 1 };
}

/** Euclidean norm over all gradients. */
function gradientNorm(runs: readonly ParameterRun[]): number {
  let squares = 0;
  for (const { kernels, gradients, length } of runs) {
    squares += kernels.sumOfSquares({ offset: gradients, length });
  }
  return Math.sqrt(squares);
}
