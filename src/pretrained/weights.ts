import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import type { ModelConfig } from '../models/config.ts';
import type { Family, StoredNames } from '../models/family.ts';
import type { StoredWeight, StoredWeights } from '../models/match-weights.ts';
import { conversionAdvice, otherWeightFiles } from './conversion-advice.ts';
import { openWeightFile, shardsOf } from './weight-files.ts';

/**
 * Opens the weights of a model folder under canonical names ({@link canonicalName}): `model.safetensors`, or else
 * `pytorch_model.bin`, or the shards that the index of one of these names. Only headers are read.
 *
 * @param p.family what the folder's model is, which knows how its tensors may be called
 * @throws VdaError `not-found` when the folder has no such weights, saying what it has instead; `bad-input` when a
 *   file is damaged, a shard lacks a tensor, or two tensors come down to one name; `unsupported` when a pickled file holds
 *   something else than tensors
 */
export function openWeights(
  folder: string,
  { family, architectures }: Pick<ModelConfig, 'architectures'> & { readonly family: Pick<Family, 'stored'> },
): StoredWeights {
  const files = weightFiles(folder, { architectures }).map(({ path, names }) => ({
    path,
    names,
    entries: openWeightFile(path, { folder, architectures }),
  }));
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
      const name = canonicalName(stored, { names: family.stored, all });
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
 * The name a tensor goes by in the family's models with a head: the base model's prefix is added where a bare base model was
 * saved, `gamma` and `beta` of old files become `weight` and `bias`, an alias the name it stands for.
 *
 * @param p.names how the family's checkpoints name tensors
 * @param p.all every stored name, to tell an alias from the thing itself
 * @returns undefined for what carries nothing: position indices, and a decoder's matrix that is the embedding's
 */
export function canonicalName(
  stored: string,
  { names, all }: { readonly names: StoredNames; readonly all: ReadonlySet<string> },
): string | undefined {
  const renamed = stored.replace(/\.gamma$/, '.weight').replace(/\.beta$/, '.bias');
  const isBare = names.modules.some((module) => renamed.startsWith(`${module}.`));
  const name = isBare ? `${names.prefix}.${renamed}` : renamed;
  if (!Object.hasOwn(names.aliases, name)) return name;
  const own = names.aliases[name] ?? undefined;
  return own !== undefined && all.has(own) ? undefined : own;
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
