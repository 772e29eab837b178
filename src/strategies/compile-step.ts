import { float32Tensor, type Tensor } from '../base/tensor.ts';
import { accumulate, gradient } from '../graph/gradient.ts';
import { multiply } from '../graph/ops/elementwise.ts';
import type { ValueType } from '../graph/value.ts';
import { traceDropout } from '../nn/dropout.ts';
import { compile } from '../runtime/compile.ts';
import { createDropoutMasks } from '../runtime/dropout-masks.ts';
import {
  batchSpecs,
  type Objective,
  type ObjectiveInputs,
  type StrategySetup,
  type TrainBatch,
  type TrainStep,
} from './strategy.ts';

export interface CompileStepOptions extends StrategySetup {
  /** The loss of the method, traced once. */
  readonly objective: (inputs: ObjectiveInputs) => Objective;
  /** Types of the method's own feeds. */
  readonly extraSpecs?: Readonly<Record<string, ValueType>>;
  /** The method's own feeds for a batch. */
  readonly extraFeeds?: (batch: TrainBatch) => Readonly<Record<string, Tensor>>;
}

/**
 * Turns an objective into a training step: one program that works out the loss and adds share·∂loss/∂w to the
 * gradient buffers in place.
 */
export async function compileStep(options: CompileStepOptions): Promise<TrainStep> {
  const { objective, parameters, runtime, seed, extraSpecs = {}, extraFeeds = () => ({}) } = options;
  const { dropout, sites } = traceDropout();
  const types: Record<string, ValueType> = parameters.weights;

  const program = await compile(
    ({ weights, gradients, batch, extra }) => {
      const { loss, ce, reg } = objective({ weights, batch, extra, dropout });
      const added = Object.entries(gradient(multiply(loss, batch.share), weights)).map(([name, value]) => [
        name,
        accumulate(gradients[name]!, value),
      ]);
      return {
        loss,
        ce,
        reg,
        gradients: Object.fromEntries(added) as Record<string, (typeof added)[number][1] & typeof loss>,
      };
    },
    { weights: types, gradients: types, batch: batchSpecs, extra: extraSpecs as Record<string, ValueType> },
    runtime,
  );
  const dropoutMasks = createDropoutMasks(sites, { seed });

  return async (batch) => {
    const { ids, typeIds, attentionMask, labels, share, step, exampleIds } = batch;
    const { loss, ce, reg } = await program.run(
      {
        ...parameters,
        batch: { ids, typeIds, attentionMask, labels, share: float32Tensor([], [share]) },
        extra: extraFeeds(batch),
      },
      {
        into: { gradients: parameters.gradients },
        extra: dropoutMasks({ step, exampleIds, length: ids.shape[1]! }),
      },
    );
    return { loss: numberOf(loss), ce: numberOf(ce), reg: numberOf(reg) };
  };
}

const numberOf = (scalar: Tensor): number => Number(scalar.data[0]);
