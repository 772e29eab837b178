import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';
import type { Tensor } from '../base/tensor.ts';
import type { ModelType } from './config.ts';
import { readFloat32, readSafetensors } from './safetensors.ts';

/** A tensor of a checkpoint, read from disk each time `read` is called. */
export interface StoredWeight {
  readonly shape: readonly number[];
  read(): Tensor<'float32'>;
}

/** Weights by canonical name. */
export type StoredWeights = ReadonlyMap<string, StoredWeight>;

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * Opens the weights of a model folder, `model.safetensors` or the shards that `model.safetensors.index.json` names,
 * under canonical names ({@link canonicalName}). Only headers are read.
 *
 * @throws VdaError `not-found` when the folder has no safetensors weights, saying what it has instead; `bad-input` when
 *   a file is damaged, a shard lacks a tensor, or two tensors come down to one name
 */
export function openWeights(folder: string, modelType: ModelType): StoredWeights {
  const files = weightFiles(folder).map(({ path, names }) => ({ file: readSafetensors(path), names }));
  const weights = new Map<string, StoredWeight>();
  const all = new Set(files.flatMap(({ file }) => [...file.entries.keys()]));
  for (const { file, names } of files) {
    for (const stored of names ?? file.entries.keys()) {
      const entry = file.entries.get(stored);
      if (entry === undefined) {
        throw new VdaError(
          'bad-input',
          `${file.path}: the index puts tensor ${stored} here, but the file lacks it.`,
        );
      }
      const name = canonicalName(stored, { modelType, all });
      if (name === undefined) continue;
      if (weights.has(name)) {
        throw new VdaError(
          'bad-input',
          `${file.path}: more than one tensor is ${name} (the last is ${stored}).`,
        );
      }
      weights.set(name, { shape: entry.shape, read: () => readFloat32(file, stored) });
    }
  }
  return weights;
}

/**
 * The name a tensor goes by in `BertForSequenceClassification`, `BertForMaskedLM` or their RoBERTa and DistilBERT counterparts:
 * the base model's prefix is added where a bare base model was saved, `gamma` and `beta` of old files become `weight`
 * and `bias`, the decoder's bias of the masked-LM head becomes that head's own.
 *
 * @param all every stored name, to tell an alias from the thing itself
 * @returns undefined for what carries nothing: position indices, and the decoder's matrix, which is the embedding's
 */
export function canonicalName(
  stored: string,
  { modelType, all }: { readonly modelType: ModelType; readonly all: ReadonlySet<string> },
): string | undefined {
  const name = stored
    .replace(/\.gamma$/, '.weight')
    .replace(/\.beta$/, '.bias')
    .replace(/^(?=(embeddings|encoder|transformer|pooler)\.)/, `${modelType}.`);
  if (/\.embeddings\.(position_ids|token_type_ids)$/.test(name)) return undefined;
  if (/^((cls\.predictions|lm_head)\.decoder|vocab_projector)\.weight$/.test(name)) return undefined;
  const head = /^(cls\.predictions|lm_head)\.decoder\.bias$/.exec(name)?.[1];
  if (head === undefined) return name;
  return all.has(`${head}.bias`) ? undefined : `${head}.bias`;
}

/** Result of {@link matchWeights}. */
export interface WeightMatch {
  readonly loaded: ReadonlyMap<string, Tensor<'float32'>>;
  /** Expected and not in the checkpoint (to be initialised), in the expected order. */
  readonly missing: readonly string[];
  /** In the checkpoint and not expected (left out), sorted. */
  readonly unexpected: readonly string[];
}

/**
 * Reads the weights a model expects from those a checkpoint has.
 * @param expected name to shape
 * @throws VdaError `bad-input` when a shape differs from the expected, naming the tensor and both shapes
 */
export function matchWeights(
  expected: ReadonlyMap<string, readonly number[]>,
  found: StoredWeights,
): WeightMatch {
  const loaded = new Map<string, Tensor<'float32'>>();
  const missing: string[] = [];
  for (const [name, shape] of expected) {
    const weight = found.get(name);
    if (weight === undefined) {
      missing.push(name);
      continue;
    }
    if (weight.shape.join() !== shape.join()) {
      throw new VdaError(
        'bad-input',
        `Tensor ${name} does not fit the configuration: expected shape [${shape.join(', ')}], the checkpoint has ` +
          `[${weight.shape.join(', ')}]. config.json and the weights come from different models, or the number of ` +
          'classes differs.',
      );
    }
    loaded.set(name, weight.read());
  }
  const unexpected = [...found.keys()].filter((name) => !expected.has(name)).sort();
  return { loaded, missing, unexpected };
}

function weightFiles(folder: string): { readonly path: string; readonly names?: readonly string[] }[] {
  const single = join(folder, 'model.safetensors');
  if (existsSync(single)) return [{ path: single }];
  const index = join(folder, 'model.safetensors.index.json');
  if (existsSync(index)) return shards(folder, index);
  const other = [
    'pytorch_model.bin',
    'pytorch_model.bin.index.json',
    'tf_model.h5',
    'flax_model.msgpack',
  ].find((name) => existsSync(join(folder, name)));
  const instead =
    other === undefined
      ? 'Check that this is a model folder.'
      : `It has ${other}, which is not read: convert it with transformers, ` +
        '`AutoModel.from_pretrained(folder).save_pretrained(folder)`, which writes safetensors.';
  throw new VdaError(
    'not-found',
    `${folder} has neither model.safetensors nor model.safetensors.index.json. ${instead}`,
  );
}

function shards(folder: string, index: string) {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(index, 'utf8'));
  } catch (thrown) {
    throw new VdaError('bad-input', `${index} is not JSON: ${messageOf(thrown)}. Fetch the file again.`);
  }
  const parsed = indexSchema.safeParse(json);
  if (!parsed.success) {
    throw new VdaError(
      'bad-input',
      `${index} must map tensor names to files under "weight_map". Fetch it again.`,
    );
  }
  const byFile = new Map<string, string[]>();
  for (const [name, file] of Object.entries(parsed.data.weight_map)) {
    if (file.includes('/') || file.includes('\\')) {
      throw new VdaError(
        'bad-input',
        `${index} names ${file}, a file outside its own folder: this index is not safe.`,
      );
    }
    byFile.set(file, [...(byFile.get(file) ?? []), name]);
  }
  return [...byFile].map(([file, names]) => ({ path: join(folder, file), names }));
}
