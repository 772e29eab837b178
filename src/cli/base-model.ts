import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import type { PretrainedModel } from '../inference/load-pretrained.ts';
import { runFile } from '../training/run-folder.ts';

/**
 * Name or folder of the model that a classifier was fine-tuned from: what `vda train` recorded beside it, else what
 * transformers kept in `config.json`.
 * @throws VdaError `usage` when neither says it
 */
export function baseModelOf({ folder, config }: Pick<PretrainedModel, 'folder' | 'config'>): string {
  const recorded = recordedModel(join(folder, runFile)) ?? config.raw._name_or_path;
  if (typeof recorded === 'string' && recorded !== '' && recorded !== folder) return recorded;
  throw new VdaError(
    'usage',
    `Nothing in ${folder} says which model the classifier was fine-tuned from, so the attack has no words to propose. ` +
      'Name a masked language model with --mlm, such as bert-base-uncased.',
  );
}

function recordedModel(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    const { options } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly options?: { readonly mlm?: unknown; readonly model?: unknown };
    };
    return options?.mlm ?? options?.model;
  } catch {
    return undefined; // a record that cannot be read says nothing; the caller asks for --mlm
  }
}
