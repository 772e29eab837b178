import { withAdversarialExamples } from '../augmentation/adversarial-examples.ts';
import { argument, VdaError } from '../base/error.ts';
import { alignLabels } from '../data/align-labels.ts';
import type { Dataset } from '../data/dataset.ts';
import { sampleExamples } from '../data/sample-examples.ts';
import { type ResolveModelOptions, resolveModel } from '../pretrained/resolve-model.ts';
import type { Identity } from '../runs/identity.ts';
import { checkSameKind } from '../runs/input-kind.ts';
import { checkpointToResume } from '../runs/resume-run.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { checkLossFits } from '../strategies/classification-loss.ts';
import type { OwnMetric } from './evaluation.ts';
import { checkPrompt } from './prompt-of.ts';
import { readsMaskedLm, trainIdentityOfFolders } from './train-identity.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainSources } from './train-sources.ts';

/** What a training is given. */
export interface TrainingGiven {
  readonly options: TrainOptions & TrainSources;
  /** Folder of the encoder to start from; by default what `options.model` names. */
  readonly modelFolder?: string | undefined;
  /** Folder or hub name of the masked LM; by default what `options.mlm` names, else the encoder. */
  readonly maskedLm?: string | undefined;
  readonly train: Dataset;
  readonly validation?: Dataset | undefined;
  /** What decides the best checkpoint, in place of `options.metricForBestModel`. */
  readonly metric?: OwnMetric | undefined;
  /** Over `options.device` and `options.numThreads`. */
  readonly runtime?: RuntimeOptions | undefined;
  /** Checkpoint to go on from; by default what `options.resumeFromCheckpoint` says. */
  readonly resumeFrom?: string | undefined;
  /** How models are looked for. */
  readonly access?: ResolveModelOptions | undefined;
}

/** A training with everything that its options name fetched and read. */
export interface PreparedTraining {
  readonly options: TrainOptions & TrainSources;
  readonly modelFolder: string;
  readonly maskedLm: string;
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly metric: OwnMetric | undefined;
  readonly runtime: RuntimeOptions;
  readonly resumeFrom: string | undefined;
  /** What decides the outcome. */
  readonly identity: Identity;
}

/**
 * Fetches models and puts the training texts together: drawn, with adversarial ones added; the validation texts' classes
 * become those of the training texts, by name.
 * @throws VdaError `usage` where an encoder or the texts are missing; what reading and fetching throws
 */
export async function prepareTraining(p: TrainingGiven): Promise<PreparedTraining> {
  const { options, metric, access = {} } = p;
  const { maxTrainSamples = 0, augmentFiles = [], labels, device, numThreads } = options;
  checkSameKind([p.train, ...(p.validation ? [p.validation] : [])]);
  const named = labels === undefined ? p.train : alignLabels(p.train, labels);
  const train = withAdversarialExamples(sampleExamples(named, maxTrainSamples), augmentFiles);
  checkLossFits('fineTune', { options, classes: train.labels.length });
  checkPrompt('fineTune', { options, classes: train.labels.length });
  const validation = p.validation && alignLabels(p.validation, train.labels);
  const resumeFrom = p.resumeFrom ?? checkpointToResume(options);
  const encoder = p.modelFolder ?? options.model;
  if (encoder === undefined) {
    throw new VdaError(
      'usage',
      `fineTune: there is no encoder to start from. Name one with ${argument('model')}.`,
    );
  }
  const modelFolder = await resolveModel(encoder, access);
  const mlm = p.maskedLm ?? options.mlm;
  const maskedLm =
    mlm === undefined || !readsMaskedLm(options) ? modelFolder : await resolveModel(mlm, access);
  // A run that goes on has kept what fooled the other classifier, and does not need it.
  const { adaModel: other } = options;
  const adaModel =
    other === undefined || resumeFrom !== undefined ? other : await resolveModel(other, access);
  const runtime: RuntimeOptions = {
    ...(device !== undefined && { device }),
    ...(numThreads !== undefined && { numThreads }),
    ...p.runtime,
  };
  const prepared = { ...options, adaModel };
  const identity = await trainIdentityOfFolders({
    options: prepared,
    device: runtime.device,
    resumeFrom,
    train,
    validation,
    metric,
    modelFolder,
    maskedLmFolder: maskedLm,
  });
  return {
    options: prepared,
    modelFolder,
    maskedLm,
    train,
    validation,
    metric,
    runtime,
    resumeFrom,
    identity,
  };
}
