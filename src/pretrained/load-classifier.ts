import type { PretrainedModel } from '../models/pretrained-model.ts';
import { classificationHead } from './heads.ts';
import { type LoadModelOptions, loadPretrained } from './load-pretrained.ts';

/**
 * Loads a fine-tuned classifier.
 * @throws VdaError `bad-input` for a checkpoint without a classification head; `unsupported` for a head that gives a text
 *   several labels, a number or anything but one class; and what {@link loadPretrained} throws
 */
export const loadClassifier = (
  nameOrFolder: string,
  options: LoadModelOptions = {},
): Promise<PretrainedModel> => loadPretrained(nameOrFolder, { ...options, head: classificationHead });
