import { labelNames } from '../models/config.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { type LoadModelOptions, loadPretrained, type PretrainedHead } from './load-pretrained.ts';
import { requireSingleLabel } from './single-label-head.ts';

const classificationHead: PretrainedHead = {
  head: 'classifier',
  numLabels: (config) => labelNames(config).length,
  check: requireSingleLabel,
  what: 'classification head',
  instead: 'Fine-tune it first with vda train, or give a checkpoint that was fine-tuned for classification.',
};

/**
 * Loads a fine-tuned classifier.
 * @throws VdaError `bad-input` for a checkpoint without a classification head; `unsupported` for a head that gives a text
 *   several labels, a number or anything but one class; and what {@link loadPretrained} throws
 */
export const loadClassifier = (
  nameOrFolder: string,
  options: LoadModelOptions = {},
): Promise<PretrainedModel> => loadPretrained(nameOrFolder, { ...options, head: classificationHead });
