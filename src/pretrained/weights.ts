import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import type { ModelConfig, ModelType } from '../models/config.ts';
import type { StoredWeight, StoredWeights } from '../models/match-weights.ts';
import { conversionAdvice, otherWeightFiles } from './conversion-advice.ts';
import { openWeightFile, shardsOf } from './weight-files.ts';

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
    path,
    names,
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
