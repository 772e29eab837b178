import type { PretrainedModel } from '../models/pretrained-model.ts';
import { type LoadModelOptions, loadPretrained, type PretrainedHead } from './load-pretrained.ts';
import { requireTiedDecoder } from './tied-decoder.ts';

const maskedLmHead: PretrainedHead = {
  head: 'maskedLm',
  numLabels: () => 0,
  check: requireTiedDecoder,
  what: 'masked language model head',
  instead:
    'A classifier has lost it in fine-tuning: give the model it was fine-tuned from, such as bert-base-uncased.',
};

/**
 * Loads a masked language model.
 * @throws VdaError `bad-input` for a checkpoint without its head; and what {@link loadPretrained} throws
 */
export const loadMaskedLm = (
  nameOrFolder: string,
  options: LoadModelOptions = {},
): Promise<PretrainedModel> => loadPretrained(nameOrFolder, { ...options, head: maskedLmHead });
