import { VdaError } from '../base/error.ts';
import { alone } from '../distributed/communicator.ts';
import { type OptimizationOptions, update } from '../optim/optimization.ts';
import type { ParameterStore } from '../optim/parameter-store.ts';
import type { StepMetrics, TrainStep } from '../strategies/train-step.ts';
import { createGradientSum, type Parts, partOf, partsOfRank, shareMetrics } from './gradient-sum.ts';
import type { StepPlan } from './training-data.ts';

/** What an optimizer step did. */
export interface StepReport extends Omit<StepMetrics, 'ownTerm'> {
  /** The strategy's own term, by the name that `metrics.jsonl` has for it. */
  readonly aux?: number;
  /** Optimizer steps done, this one included. */
  readonly step: number;
  /** Learning rate of the step. */
  readonly lr: number;
  /** Euclidean norm of the whole gradient, before clipping. */
  readonly gradNorm: number;
  /** Texts of the step. */
  readonly examples: number;
  /** Of the step alone, without the wait for its batches: an epoch's attack or candidates may come first. */
  readonly seconds: number;
}

/**
 * Optimizer steps `fromStep` … `totalSteps`: for each, the strategy adds the gradients of the step's batches, then the
 * optimizer follows them. Losses are means over the step's examples. Of several ranks each takes its parts of every step; the sum of
 * the gradients and the losses are all of them's, and so the weights stay the same everywhere.
 * @throws VdaError `diverged` when a loss or gradient stops being finite; the weights are then those of the step before
 */
export async function* trainLoop(p: {
  readonly plan: StepPlan;
  readonly trainStep: TrainStep;
  readonly store: ParameterStore;
  readonly options: OptimizationOptions;
  readonly fromStep: number;
  readonly totalSteps: number;
  /** How steps fall into parts, and who shares them; by default one part, of this process. */
  readonly parts?: Parts | undefined;
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number;
}): AsyncGenerator<StepReport> {
  const { plan, trainStep, store, options, fromStep, totalSteps, now } = p;
  const { parts = { count: 1, communicator: alone } } = p;
  const ownParts = partsOfRank(parts);
  const sum = createGradientSum(store, parts);
  for (let step = fromStep; step < totalSteps; step++) {
    let [loss, ce, reg, examples] = [0, 0, 0, 0];
    let ownTerm: number | undefined;
    const batches = await plan.batchesOf(step);
    const started = now();
    trainStep.begin?.(step);
    const own: (StepMetrics | undefined)[] = batches.map(() => undefined);
    for (const [nth, part] of ownParts.entries()) {
      if (nth > 0) sum.setAside();
      for (const [place, batch] of batches.entries()) {
        if (partOf(place, parts.count) === part) own[place] = await trainStep.take(batch);
      }
    }
    for (const [place, metrics] of (await shareMetrics(own, parts)).entries()) {
      const { weight, exampleIds } = batches[place]!;
      loss += weight * metrics.loss;
      ce += weight * metrics.ce;
      reg += weight * metrics.reg;
      if (metrics.ownTerm !== undefined) ownTerm = (ownTerm ?? 0) + weight * metrics.ownTerm;
      examples += exampleIds.length;
    }
    if (!Number.isFinite(loss)) {
      throw new VdaError(
        'diverged',
        `The loss became ${loss} at step ${step + 1} (cross-entropy ${ce}, regulariser ${reg}).`,
      );
    }
    await sum.finish();
    const { lr, gradNorm } = update(store, { options, step, totalSteps });
    const seconds = (now() - started) / 1000;
    yield {
      step: step + 1,
      loss,
      ce,
      reg,
      ...(ownTerm !== undefined && { aux: ownTerm }),
      lr,
      gradNorm,
      examples,
      seconds,
    };
  }
}
