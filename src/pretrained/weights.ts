import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import type { ModelConfig } from '../models/config.ts';
import type { Family } from '../models/family.ts';
import type { StoredWeights } from '../models/match-weights.ts';
import { canonicalWeights } from './canonical-weights.ts';
import { conversionAdvice, otherWeightFiles } from './conversion-advice.ts';
import { insteadOfModel } from './instead-of-model.ts';
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
  return canonicalWeights(files, { family });
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
      ? (insteadOfModel(folder) ?? 'Check that this is a model folder.')
      : `It has ${other}, which is not read. ${conversionAdvice({ model: folder, file: other, architectures })}`;
  throw new VdaError(
    'not-found',
    `${folder} has neither ${forms.join(' nor ')} nor the index of one. ${instead}`,
  );
}
