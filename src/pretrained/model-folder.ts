import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, VdaError } from '../base/error.ts';
import type { Tensor } from '../base/tensor.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import type { ModelConfig } from '../models/config.ts';
import type { Family, FamilyOptions } from '../models/family.ts';
import { familyOf } from '../models/family-of.ts';
import type { StoredWeights } from '../models/match-weights.ts';
import { configToJson } from '../models/parse-config.ts';
import { configOfText } from './config-text.ts';
import { insteadOfModel } from './instead-of-model.ts';
import { safetensorsChunks } from './safetensors.ts';
import { openWeights } from './weights.ts';

/** A model folder in Hugging Face format, opened: its weights are read when asked for. */
export interface ModelFolder {
  readonly folder: string;
  readonly family: Family;
  readonly config: ModelConfig;
  readonly weights: StoredWeights;
}

/**
 * Opens a folder with `config.json` and weights, safetensors or `pytorch_model.bin`.
 * @throws VdaError `not-found` when a file is missing, `bad-input` when one is damaged, `unsupported` for a model of
 *   another family
 */
export function loadModelFolder(folder: string, { families }: FamilyOptions = {}): ModelFolder {
  const config = readConfig(folder, { families });
  const family = familyOf(config.modelType, families);
  const { architectures } = config;
  return { folder, family, config, weights: openWeights(folder, { family, architectures }) };
}

/**
 * Reads `config.json` of a folder, without its weights.
 * @throws VdaError as {@link loadModelFolder}
 */
export function readConfig(folder: string, { families }: FamilyOptions = {}): ModelConfig {
  const path = join(folder, 'config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new VdaError(
      'not-found',
      `Cannot read ${path}: ${messageOf(thrown)}. ${insteadOfModel(folder) ?? 'A model folder holds config.json, model.safetensors and tokenizer files.'}`,
      { cause: thrown },
    );
  }
  return configOfText(text, { path, families });
}

export interface SaveModelOptions extends FamilyOptions {
  readonly config: ModelConfig;
  /** By canonical name. */
  readonly weights: ReadonlyMap<string, Tensor<'float32'>>;
  /** Tokenizer files by name (`Tokenizer.files`). */
  readonly tokenizerFiles: Readonly<Record<string, string>>;
  /** Element type of the saved weights. Default `'F32'`. */
  readonly dtype?: 'F32' | 'F16';
}

/**
 * Writes a folder that transformers loads (and transformers.js, once it also has `onnx/model.onnx`): `config.json`,
 * `model.safetensors`, the tokenizer's files. Every file is complete before the first is put in place; the weights
 * come last.
 *
 * @throws VdaError `no-space` when the disk is full, what was there before is then intact; `unsupported` when a weight
 *   does not fit in half precision
 */
export function saveModelFolder(
  folder: string,
  { config, weights, tokenizerFiles, dtype = 'F32', families }: SaveModelOptions,
): void {
  const configJson = configToJson(config, { dtype: dtype === 'F16' ? 'float16' : 'float32', families });
  const texts = { ...tokenizerFiles, 'config.json': `${JSON.stringify(configJson, null, 2)}\n` };
  writeFilesAtomically([
    ...Object.entries(texts).map(([name, text]) => ({ path: join(folder, name), chunks: [text] })),
    { path: join(folder, 'model.safetensors'), chunks: safetensorsChunks(weights, { dtype }) },
  ]);
}
