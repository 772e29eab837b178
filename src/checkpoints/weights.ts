import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import type { Tensor } from '../base/tensor.ts';
import type { ModelConfig, ModelType } from './config.ts';
import { conversionAdvice, otherWeightFiles } from './conversion-advice.ts';
import { openWeightFile, shardsOf } from './weight-files.ts';

/** A tensor of a checkpoint, read from disk each time `read` is called. */
export interface StoredWeight {
  readonly shape: readonly number[];
  read(): Tensor<'float32'>;
}

/** Weights by canonical name. */
export type StoredWeights = ReadonlyMap<string, StoredWeight>;

/**
 * Opens the weights of a model folder under canonical names ({@link canonicalName}): `model.safetensors`, or else
 * `pytorch_model.bin`, or the shards that the index of one of these names. Only headers are read.
 *
 * @throws VdaError `not-found` when the folder has no such weights, saying what it has instead; `bad-input` when a
 *   file is damaged, a shard lacks a tensor, or two tensors come down to one name; `unsupported` when a pickled file holds
 *   something else than tensors
 */
export function openWeights(
  folder: string,
  config: Pick<ModelConfig, 'modelType' | 'architectures'>,
): StoredWeights {
  const files = weightFiles(folder, config).map(({ path, names }) => ({
    ...{ path, names },
    entries: openWeightFile(path, { folder, architectures: config.architectures }),
  }));
  const { modelType } = config;
  const weights = new Map<string, StoredWeight>();
  const all = new Set(files.flatMap(({ entries }) => [...entries.keys()]));
  for (const { path, entries, names } of files) {
    for (const stored of names ?? entries.keys()) {
      const entry = entries.get(stored);
      if (entry === undefined) {
        throw new VdaError(
          'bad-input',
          `${path}: the index puts tensor ${excerpt(stored)} here, but the file lacks it.`,
        );
      }
      const name = canonicalName(stored, { modelType, all });
      if (name === undefined) continue;
      if (weights.has(name)) {
        throw new VdaError(
          'bad-input',
          `${path}: more than one tensor is ${excerpt(name)} (the last is ${excerpt(stored)}).`,
        );
      }
      weights.set(name, entry);
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

/** Forms that are read, the one that transformers prefers first. */
const forms = ['model.safetensors', 'pytorch_model.bin'] as const;

function weightFiles(
  folder: string,
  { architectures }: Pick<ModelConfig, 'architectures'>,
): { readonly path: string; readonly names?: readonly string[] }[] {
  for (const form of forms) {
    const single = join(folder, form);
    if (existsSync(single)) return [{ path: single }];
    const index = join(folder, `${form}.index.json`);
    if (existsSync(index)) return shardsOf(folder, index);
  }
  const other = otherWeightFiles.find((name) => existsSync(join(folder, name)));
  const instead =
    other === undefined
      ? 'Check that this is a model folder.'
      : `It has ${other}, which is not read. ${conversionAdvice({ model: folder, file: other, architectures })}`;
  throw new VdaError(
    'not-found',
    `${folder} has neither ${forms.join(' nor ')} nor the index of one. ${instead}`,
  );
}
