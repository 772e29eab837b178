import type { Part } from '../../base/part.ts';
import { optimizationDecides } from '../../optim/optimization.ts';
import type { pretrainSpec } from '../../options/pretrain.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { decisiveSettings, type Identity, identityOf } from '../../runs/identity.ts';

type Options = OptionsOf<typeof pretrainSpec>;

/** One more with each change of what a pre-training of the same options and texts comes to. */
const pretrainingVersion = 2;

/** Which options decide what a pre-training comes to; the others say where, how fast, or how much is told. */
const decides = {
  ...optimizationDecides,
  trainFiles: false, // by content
  validationFile: false, // measures the end
  model: false, // by content
  teacher: false, // by content
  // Where there is none, what is said of one decides nothing.
  teacherTemperature: false,
  teacherWeight: false,
  allowMissing: false, // the model's content says what is missing
  outputDir: false,
  resumeFromCheckpoint: false,
  saveStrategy: false,
  saveSteps: false,
  saveTotalLimit: false,
  loggingSteps: false,
  numThreads: false,
  maxSeqLength: true,
  mlmProbability: true,
  architecture: true,
  vocabSize: true,
  hiddenSize: true,
  numHiddenLayers: true,
  numAttentionHeads: true,
  intermediateSize: true,
  embeddingInit: true,
  attentionInit: true,
  encoderInit: false, // of a teacher

  dropout: true,
  dtype: true,
  numTrainEpochs: true,
  maxSteps: true,
  timeLimit: true,
  perDeviceTrainBatchSize: true,
  gradientAccumulationSteps: true,
  device: true,
  seed: true,
} satisfies Record<keyof Options, boolean>;

/** What decides the masked language model that `vda pretrain` makes. */
export const pretrainingIdentity = (
  options: Options,
  inputs: { readonly texts: Part; readonly model: Part | undefined; readonly teacher: Part | undefined },
): Identity =>
  identityOf({
    pretraining: {
      id: 'pre-training',
      version: pretrainingVersion,
      settings: decisiveSettings(options, decides),
    },
    ...inputs,
    teacher: inputs.teacher && {
      ...inputs.teacher,
      settings: {
        temperature: options.teacherTemperature,
        weight: options.teacherWeight,
        start: options.encoderInit,
      },
    },
  });
