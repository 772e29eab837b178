import type { PretrainedModel } from '../models/pretrained-model.ts';
import { noHead } from './heads.ts';
import { type LoadModelOptions, loadPretrained } from './load-pretrained.ts';

/**
 * Loads a model of which only the encoder is asked: a sentence encoder, a masked language model or a classifier.
 * @throws VdaError what {@link loadPretrained} throws
 */
export const loadSentenceEncoder = (
  nameOrFolder: string,
  options: LoadModelOptions = {},
): Promise<PretrainedModel> => loadPretrained(nameOrFolder, { ...options, head: noHead });
