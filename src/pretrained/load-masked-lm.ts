import type { PretrainedModel } from '../models/pretrained-model.ts';
import { maskedLmHead } from './heads.ts';
import { type LoadModelOptions, loadPretrained } from './load-pretrained.ts';

/**
 * Loads a masked language model.
 * @throws VdaError `bad-input` for a checkpoint without its head; and what {@link loadPretrained} throws
 */
export const loadMaskedLm = (
  nameOrFolder: string,
  options: LoadModelOptions = {},
): Promise<PretrainedModel> => loadPretrained(nameOrFolder, { ...options, head: maskedLmHead });
