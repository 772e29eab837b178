import type { FamilyOptions } from '../models/family.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { assembleModel } from './assemble-model.ts';
import type { PretrainedHead } from './heads.ts';
import { loadTokenizer } from './load-tokenizer.ts';
import { loadModelFolder } from './model-folder.ts';
import { type ResolveModelOptions, resolveModel } from './resolve-model.ts';

/** Where a model comes from, and the families it may be of. */
export interface LoadModelOptions extends ResolveModelOptions, FamilyOptions {}

/**
 * Loads a model whole ({@link assembleModel}).
 * @param nameOrFolder a folder in Hugging Face format, or a name on the hub
 * @throws VdaError as there; and what resolving the name, reading the folder and its tokenizer throw
 */
export async function loadPretrained(
  nameOrFolder: string,
  { head, families, ...options }: LoadModelOptions & { readonly head: PretrainedHead },
): Promise<PretrainedModel> {
  const folder = await resolveModel(nameOrFolder, options);
  const { family, config, weights } = loadModelFolder(folder, { families });
  const tokenizer = await loadTokenizer(folder, { families });
  return assembleModel({ folder, family, config, weights, tokenizer, head, families });
}
