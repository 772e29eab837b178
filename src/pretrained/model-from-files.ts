import { VdaError } from '../base/error.ts';
import { requireArgument } from '../base/setting-rules.ts';
import type { FamilyOptions } from '../models/family.ts';
import { familyOf } from '../models/family-of.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { assembleModel } from './assemble-model.ts';
import { canonicalWeights } from './canonical-weights.ts';
import { configOfText } from './config-text.ts';
import { classificationHead, maskedLmHead, type PretrainedHead } from './heads.ts';
import { safetensorsWeights } from './safetensors-bytes.ts';
import { tokenizerOf } from './tokenizer-of.ts';

/**
 * The files of a model folder in Hugging Face format, by name, wherever they were fetched from: `config.json` and the
 * tokenizer's files as texts, `model.safetensors` (or its parts, by any names) as bytes.
 */
export type ModelFiles = Readonly<Record<string, string | Uint8Array>>;

/** What messages call the model, and families that vda does not have. */
export interface ModelFilesOptions extends FamilyOptions {
  /** What messages call the model. Default `the files given`. */
  readonly name?: string;
}

/**
 * A fine-tuned classifier from files in memory, as `loadClassifier` gives it from a folder.
 * @throws VdaError `not-found` without `config.json` or weights; `bad-input` and `unsupported` as `loadClassifier`
 */
export const classifierFromFiles = (files: ModelFiles, options: ModelFilesOptions = {}): PretrainedModel =>
  modelFromFiles(files, { ...options, head: classificationHead });

/**
 * A masked language model from files in memory, as `loadMaskedLm` gives it from a folder.
 * @throws VdaError `not-found` without `config.json` or weights; `bad-input` and `unsupported` as `loadMaskedLm`
 */
export const maskedLmFromFiles = (files: ModelFiles, options: ModelFilesOptions = {}): PretrainedModel =>
  modelFromFiles(files, { ...options, head: maskedLmHead });

function modelFromFiles(
  files: ModelFiles,
  p: ModelFilesOptions & { readonly head: PretrainedHead },
): PretrainedModel {
  const { name: folder = 'the files given', families, head } = p;
  const texts: Record<string, string> = {};
  const weightFiles: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  for (const [name, content] of Object.entries(files)) {
    const isWeights = name.endsWith('.safetensors');
    const fits = isWeights ? content instanceof Uint8Array : typeof content === 'string';
    const expected = isWeights ? 'its bytes (Uint8Array)' : 'its text';
    requireArgument(fits, { owner: 'modelFromFiles', name, expected, got: content });
    if (typeof content === 'string') texts[name] = content;
    else weightFiles.push({ path: `${name} of ${folder}`, bytes: content });
  }
  const json = texts['config.json'];
  if (json === undefined || weightFiles.length === 0) {
    const lacking = json === undefined ? 'config.json' : 'model.safetensors';
    throw new VdaError(
      'not-found',
      `There is no ${lacking} among ${folder}. A model is config.json, model.safetensors and tokenizer files, by these names.`,
    );
  }
  const config = configOfText(json, { path: `config.json of ${folder}`, families });
  const family = familyOf(config.modelType, families);
  const stored = weightFiles.map(({ path, bytes }) => ({ path, entries: safetensorsWeights(bytes, path) }));
  const weights = canonicalWeights(stored, { family });
  const tokenizer = tokenizerOf(texts, { where: folder, families });
  return assembleModel({ folder, family, config, tokenizer, weights, head, families });
}
