import { float32Tensor, type Tensor } from '../base/tensor.ts';
import { accumulate, gradient } from '../graph/gradient.ts';
import { multiply } from '../graph/ops/elementwise.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import type { Value, ValueType } from '../graph/value.ts';
import { traceDropout } from '../nn/dropout.ts';
import { compile } from '../runtime/node/compile.ts';
import { createClassificationLoss } from './classification-loss.ts';
import { createDropoutMasks } from './feeds/dropout-masks.ts';
import { findTokens, tokenPlaceSpecs } from './token-places.ts';
import { batchSpecs, type TrainBatch } from './train-batch.ts';
import type { Objective, ObjectiveInputs, StepMetrics, StepSetup, TrainStep } from './train-step.ts';

/** An objective that hands tensors on to the next pass of the same step, as strategies of several passes need. */
export interface PassObjective extends Objective {
  /** Values whose gradient (of weight·loss) `outputs` asks for, beside the weights. */
  readonly wrt?: Readonly<Record<string, Value>>;
  readonly outputs?: (gradients: Readonly<Record<string, Value>>) => Readonly<Record<string, Value>>;
}

/** The feeds of a strategy's own: their types, and their values for a batch. */
export interface ExtraFeeds {
  readonly extraSpecs?: Readonly<Record<string, ValueType>>;
  readonly extraFeeds?: (batch: TrainBatch) => Promise<Readonly<Record<string, Tensor>>>;
}

export interface CompilePassOptions extends StepSetup, ExtraFeeds {
  /** The loss of the strategy, traced once. */
  readonly objective: (inputs: ObjectiveInputs) => PassObjective;
}

/** One pass over a batch. */
export interface Pass {
  /** Adds the batch's gradients to the store's. */
  run(
    batch: TrainBatch,
    options?: {
      /** Feeds of this pass, over those of the batch. */
      readonly feeds?: Readonly<Record<string, Tensor>>;
      /** Name of the pass, which its dropout masks are keyed by: those of plain training unless told. */
      readonly pass?: string;
    },
  ): Promise<{ readonly metrics: StepMetrics; readonly outputs: Readonly<Record<string, Tensor>> }>;
  release(): Promise<void>;
}

/**
 * Turns an objective into a pass: one program that works out the loss and adds weight·∂loss/∂w to the gradient buffers
 * in place.
 */
export async function compilePass(options: CompilePassOptions): Promise<Pass> {
  const { objective, store, runtime, seed, extraSpecs = {}, extraFeeds } = options;
  const { dropout, sites } = traceDropout();
  const loss = createClassificationLoss(options.loss);
  const types: Record<string, ValueType> = store.feeds.weights;

  const program = await compile(
    ({ weights, gradients, batch, places, extra, lossFeeds }) => {
      const tokens = takeRows(weights[options.architecture.wordEmbeddingName]!, batch.ids);
      const classificationLoss = loss.trace(lossFeeds);
      const inputs = { weights, batch, places, extra, dropout, tokens, classificationLoss };
      const { loss: total, ce, reg, ownTerm, wrt = {}, outputs } = objective(inputs);
      const scaled = multiply(total, batch.weight);
      const wanted = Object.fromEntries(Object.entries(wrt).map(([name, value]) => [`wrt:${name}`, value]));
      const found = gradient(scaled, { ...weights, ...wanted });
      const asked = Object.fromEntries(Object.keys(wrt).map((name) => [name, found[`wrt:${name}`]!]));
      const added = Object.keys(weights).map((name) => [name, accumulate(gradients[name]!, found[name]!)]);
      return {
        metrics: { loss: total, ce, reg, ...(ownTerm && { ownTerm }) } as Record<string, Value>,
        outputs: { ...outputs?.(asked) },
        gradients: Object.fromEntries(added) as Record<string, Value>,
      };
    },
    {
      ...{ weights: types, gradients: types, batch: batchSpecs, places: tokenPlaceSpecs },
      extra: extraSpecs as Record<string, ValueType>,
      lossFeeds: loss.specs as Record<string, ValueType>,
    },
    runtime,
  );
  const dropoutMasks = createDropoutMasks(sites, { seed });

  const run: Pass['run'] = async (batch, { feeds = {}, pass = '' } = {}) => {
    const { ids, typeIds, attentionMask, labels, weight, step, exampleIds } = batch;
    const { places, lengths } = findTokens(attentionMask);
    const own = await extraFeeds?.(batch);
    const { metrics, outputs } = await program.run(
      {
        ...store.feeds,
        batch: { ids, typeIds, attentionMask, labels, weight: float32Tensor([], [weight]) },
        places,
        extra: { ...own, ...feeds },
        lossFeeds: loss.feedsOf(batch),
      },
      {
        into: { gradients: store.feeds.gradients },
        extra: dropoutMasks({ pass, step, exampleIds, lengths, length: ids.shape[1]! }),
      },
    );
    const numbers = Object.entries(metrics).map(([name, scalar]) => [name, Number(scalar.data[0])]);
    return { metrics: Object.fromEntries(numbers) as unknown as StepMetrics, outputs };
  };
  return { run, release: program.release };
}

/** A training step of a single pass. @param options.pass name of the pass, as {@link Pass} takes it */
export async function compileStep(
  options: CompilePassOptions & { readonly pass?: string },
): Promise<TrainStep> {
  const { pass = '' } = options;
  const { run, release } = await compilePass(options);
  return { take: async (batch) => (await run(batch, { pass })).metrics, release };
}
