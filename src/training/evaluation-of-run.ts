import { type Attack, attackAccuracyOn } from '../augmentation/attack-in-training.ts';
import type { Dataset } from '../data/dataset.ts';
import { type Communicator, isLeader } from '../distributed/communicator.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { createEvaluation, type Evaluation, type OwnMetric } from './evaluation.ts';
import type { TrainOptions } from './train-options.ts';

interface EvaluatedRun {
  readonly options: TrainOptions;
  readonly validation: Dataset | undefined;
  readonly runtime: RuntimeOptions;
  /** A metric of the caller's. */
  readonly metric: OwnMetric | undefined;
  readonly say: (line: string) => void;
  readonly communicator: Communicator;
  /** The model in training. */
  readonly model: PretrainedModel;
  readonly attack: () => Promise<Attack>;
}

/** The evaluation that a run's options ask for: rank 0 does it, all ranks get its figures. Undefined where there is none. */
export async function evaluationOf(p: EvaluatedRun): Promise<(() => Promise<Evaluation>) | undefined> {
  const { validation, options, communicator } = p;
  if (validation === undefined || options.evalStrategy === 'no') return undefined;
  const evaluate = isLeader(communicator) ? await evaluationOn(validation, p) : undefined;
  return () => communicator.fromLeader(() => evaluate!());
}

/** Accuracy and loss on the validation texts, with accuracy after attack where the best model is chosen by it. */
async function evaluationOn(
  validation: Dataset,
  { options, runtime, say, metric, model, attack }: EvaluatedRun,
): Promise<() => Promise<Evaluation>> {
  const { examples } = validation;
  const maxLength = options.maxSeqLength; // each of these cuts it to what its model reads
  const batchSize = options.perDeviceEvalBatchSize;
  const evaluate = await createEvaluation(model, {
    ...{ examples, maxLength, batchSize, runtime },
    ...{ name: 'validation', say, metric },
  });
  if (options.metricForBestModel !== 'attack_accuracy') return evaluate;
  const attackAccuracy = attackAccuracyOn(validation, await attack());
  return async () => ({ ...(await evaluate()), attackAccuracy: await attackAccuracy() });
}
