import { labelNames } from '../checkpoints/config.ts';
import type { ResolveModelOptions } from '../checkpoints/resolve-model.ts';
import { loadPretrained, type PretrainedHead, type PretrainedModel } from './load-pretrained.ts';

const classificationHead: PretrainedHead = {
  head: 'classifier',
  numLabels: (config) => labelNames(config).length,
  prefix: { bert: 'classifier.', roberta: 'classifier.', distilbert: 'classifier.' },
  what: 'classification head',
  instead: 'Fine-tune it first with vda train, or give a checkpoint that was fine-tuned for classification.',
};

/**
 * Loads a fine-tuned classifier.
 * @throws VdaError `bad-input` for a checkpoint without a classification head; and what {@link loadPretrained} throws
 */
export const loadClassifier = (
  nameOrFolder: string,
  options: ResolveModelOptions = {},
): Promise<PretrainedModel> => loadPretrained(nameOrFolder, { ...options, head: classificationHead });
