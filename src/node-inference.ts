import type { SentenceEncoder } from './attacks/sentence-encoder.ts';
import type { Classifier } from './inference/classifier.ts';
import type { ClassifierOptions } from './inference/create-classifier.ts';
import { createClassifier as createClassifierOn } from './inference/create-classifier.ts';
import type { MaskedLm, MaskedLmOptions } from './inference/masked-lm.ts';
import { createMaskedLm as createMaskedLmOn } from './inference/masked-lm.ts';
import type { SentenceEncoderOptions } from './inference/sentence-encoder.ts';
import { createSentenceEncoder as createSentenceEncoderOn } from './inference/sentence-encoder.ts';
import type { PretrainedModel } from './models/pretrained-model.ts';
import { nodeRuntime } from './runtime/node/node-runtime.ts';

/** {@link createClassifierOn} in Node. @throws VdaError as there */
export const createClassifier = (
  model: PretrainedModel,
  options: Omit<ClassifierOptions, 'runtime'> = {},
): Promise<Classifier> => createClassifierOn(model, { ...options, runtime: nodeRuntime });

/** {@link createMaskedLmOn} in Node. @throws VdaError as there */
export const createMaskedLm = (
  model: PretrainedModel,
  options: Omit<MaskedLmOptions, 'runtime'> = {},
): MaskedLm => createMaskedLmOn(model, { ...options, runtime: nodeRuntime });

/** {@link createSentenceEncoderOn} in Node. @throws VdaError as there */
export const createSentenceEncoder = (
  model: PretrainedModel,
  options: Omit<SentenceEncoderOptions, 'runtime'> = {},
): SentenceEncoder & { release(): Promise<void> } =>
  createSentenceEncoderOn(model, { ...options, runtime: nodeRuntime });
