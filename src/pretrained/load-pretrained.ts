import { VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import type { Head } from '../models/architecture.ts';

import type { ModelConfig } from '../models/config.ts';
import { encoderNames } from '../models/encoder-names.ts';
import type { Family, FamilyOptions } from '../models/family.ts';
import { matchWeights, type StoredWeights } from '../models/match-weights.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { withTokenTypesOf } from '../models/token-types.ts';
import { loadTokenizer } from './load-tokenizer.ts';
import { explainMissing } from './missing-weights.ts';
import { checkVocabulary, loadModelFolder } from './model-folder.ts';
import { type ResolveModelOptions, resolveModel } from './resolve-model.ts';

/** What the caller wants the model for, and what to say when it has no such head. */
export interface PretrainedHead {
  readonly head: Head;
  readonly numLabels: (config: ModelConfig) => number;
  /** Refuses a model whose configuration says that its head is another. */
  readonly check?: (config: ModelConfig, folder: string) => void;
  /** The head in words, such as `a classification head`. */
  readonly what: string;
  /** What to do without one: a sentence. */
  readonly instead: string;
}

/** Where a model comes from, and the families it may be of. */
export interface LoadModelOptions extends ResolveModelOptions, FamilyOptions {}

/**
 * Loads a model whole: not one tensor may be missing, for what starts at random says nothing about the checkpoint.
 *
 * @param nameOrFolder a folder in Hugging Face format, or a name on the hub
 * @throws VdaError `bad-input` when tensors are missing, a shape differs or the tokenizer has more tokens than the
 *   embedding; and what resolving the name, reading the folder and its tokenizer throw
 */
export async function loadPretrained(
  nameOrFolder: string,
  { head, families, ...options }: LoadModelOptions & { readonly head: PretrainedHead },
): Promise<PretrainedModel> {
  const folder = await resolveModel(nameOrFolder, options);
  const { family: architecture, config, weights: found } = loadModelFolder(folder, { families });
  head.check?.(config, folder);
  const tokenizer = withTokenTypesOf(
    { architecture, config, folder },
    await loadTokenizer(folder, { families }),
  );
  checkVocabulary({ tokenizerSize: tokenizer.vocabSize, embeddingRows: config.vocabSize });
  const specs = architecture.parameters(config, { head: head.head, numLabels: head.numLabels(config) });
  const missing = specs.map(({ name }) => name).filter((name) => !found.has(name));
  if (missing.length > 0)
    throw incomplete(folder, { missing, head, config, found, families, family: architecture });
  const { loaded, unexpected } = matchWeights(new Map(specs.map((s) => [s.name, s.shape])), found);
  return { folder, architecture, config, tokenizer, weights: Object.fromEntries(loaded), unexpected };
}

function incomplete(
  folder: string,
  p: FamilyOptions & {
    readonly family: Family;
    readonly config: ModelConfig;
    readonly missing: readonly string[];
    readonly head: PretrainedHead;
    readonly found: StoredWeights;
  },
): VdaError {
  const { missing, head, config, found, family, families } = p;
  const encoder = encoderNames(family, config);
  const ofEncoder = missing.filter((name) => encoder.has(name));
  if (ofEncoder.length > 0) {
    const names = { folder, found: found.keys(), of: 'the encoder' };
    const why = explainMissing(ofEncoder, { ...names, config, family, families });
    return new VdaError('bad-input', why);
  }
  const { architectures } = config;
  const made =
    architectures.length > 0 ? ` (config.json calls it ${excerptList(architectures, { quote: false })})` : '';
  return new VdaError(
    'bad-input',
    `The model in ${folder} has no ${head.what}${made}: missing ${excerptList(missing, { quote: false })}. Filled with random numbers, ` +
      `its answers would mean nothing. ${head.instead}`,
  );
}
