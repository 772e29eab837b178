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

/**
 * Opens a classifier on a device of Node: one program for every batch size and length. Its `logits` answers an input with `[C]` numbers,
 * C classes, whose bits do not depend on what else is asked. `release` frees what it holds.
 *
 * @param model what {@link loadClassifier} gives
 * @throws VdaError `usage` for an option out of range, and a model without a classification head
 */
export const createClassifier = (
  model: PretrainedModel,
  options: Omit<ClassifierOptions, 'runtime'> = {},
): Promise<Classifier> => createClassifierOn(model, { ...options, runtime: nodeRuntime });

/**
 * Opens a masked language model on a device of Node. A program is compiled when it is first needed; answers do not depend on what else
 * is asked. `release` frees what it holds.
 *
 * @param model what {@link loadMaskedLm} gives
 * @throws VdaError `usage` for an option out of range, and a model without that head
 */
export const createMaskedLm = (
  model: PretrainedModel,
  options: Omit<MaskedLmOptions, 'runtime'> = {},
): MaskedLm => createMaskedLmOn(model, { ...options, runtime: nodeRuntime });

/**
 * Opens a sentence encoder on a device of Node: a text's vector `[H]` is the mean of the model's last hidden states over its tokens,
 * special ones included, brought to length 1. `release` frees what it holds.
 *
 * @param model what {@link loadSentenceEncoder} gives
 * @throws VdaError `usage` for an option out of range, and for what is no loaded model
 */
export const createSentenceEncoder = (
  model: PretrainedModel,
  options: Omit<SentenceEncoderOptions, 'runtime'> = {},
): SentenceEncoder & { release(): Promise<void> } =>
  createSentenceEncoderOn(model, { ...options, runtime: nodeRuntime });
