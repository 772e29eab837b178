import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { argument, VdaError } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import { isFolder } from '../files/paths.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { isHubName } from '../pretrained/resolve-model.ts';
import { kindsInWords } from './input-kind.ts';
import { type InputKind, metricsFile, type RunRecord, readRunRecord } from './run-folder.ts';

type Recorded = Partial<Pick<RunRecord, 'command' | 'options' | 'inputs' | 'modelFolders'>>;

/** The record of the run that a model is of: beside it, or of a checkpoint around it. @throws VdaError as {@link readRunRecord} */
export function recordOfModel(folder: string): RunRecord | undefined {
  const isCheckpoint = /^checkpoint-\d+$/.test(basename(resolve(folder)));
  return readRunRecord(folder) ?? (isCheckpoint ? readRunRecord(dirname(resolve(folder))) : undefined);
}

/** What `vda train` recorded of a model, of a mean what it did of the first that it is of; nothing where it did not make it. */
function trainingOf(folder: string): Recorded {
  let record = recordOfModel(folder);
  while (record?.averaged?.[0]?.record !== undefined) record = record.averaged[0].record;
  return record ?? {};
}

/**
 * Name or folder of the model that a classifier was fine-tuned from: what `vda train` recorded beside it, else what
 * transformers kept in `config.json`. A folder is looked for where it was, then by its name as it was given.
 * @throws VdaError `usage` when neither says it; `not-found` when it was a folder that is gone, or is of another machine
 */
export function baseModelOf({ folder, config }: Pick<PretrainedModel, 'folder' | 'config'>): string {
  const { options, modelFolders } = trainingOf(folder);
  const recorded = options?.mlm ?? options?.model ?? config.raw._name_or_path;
  const advice = `Name a masked language model with ${argument('mlm')}, such as bert-base-uncased.`;
  const was = options?.mlm === undefined ? modelFolders?.model : modelFolders?.mlm;
  if (was !== undefined && isFolder(was)) return was;
  if (was !== undefined && !isFolder(String(recorded))) {
    throw new VdaError(
      'not-found',
      `${folder} was fine-tuned with the masked language model in ${was}, which is not there any more. Name the model with ${argument('mlm')}.`,
    );
  }
  if (typeof recorded === 'string' && recorded !== '' && recorded !== folder) {
    if (options !== undefined || isFolder(recorded) || isHubName(recorded)) return recorded;
    throw new VdaError(
      'not-found',
      `config.json of ${folder} says that the classifier was fine-tuned from ${quotedExcerpt(recorded)}, which is not here. ${advice}`,
    );
  }
  throw new VdaError(
    'usage',
    `Nothing in ${folder} says which model the classifier was fine-tuned from, so the attack has no words to propose. ${advice}`,
  );
}

/** Whether a folder is a training's, or a mean's of trainings: what a report says of how a model was made. @throws VdaError as {@link readRunRecord} */
export const saysHowMade = (folder: string): boolean =>
  existsSync(join(folder, metricsFile)) || readRunRecord(folder)?.averaged !== undefined;

/** Pieces of a text that a classifier was trained to read, where `vda train` recorded it. */
export function recordedLength(folder: string): number | undefined {
  const { command, options } = trainingOf(folder);
  const length = command === 'train' ? options?.maxSeqLength : undefined;
  return typeof length === 'number' && Number.isInteger(length) && length >= 4 ? length : undefined;
}

const remedy = {
  texts: `Give a file with two text columns (named with ${argument('textColumn')} and ${argument('textPairColumn')})`,
  pairs: `Name the one column to read with ${argument('textColumn')}`,
} satisfies Record<InputKind, string>;

/**
 * Refuses pairs for a model of single texts, and single texts for a model of pairs: it would answer, but not about what
 * it has learnt. Nothing is known, and nothing refused, of models that `vda train` did not make.
 * @throws VdaError `bad-input` saying what the model was trained on and what the input is
 */
export function checkInputKind(
  { folder }: Pick<PretrainedModel, 'folder'>,
  input: { readonly source: string; readonly kind: InputKind },
): void {
  const { inputs } = trainingOf(folder);
  if (inputs === undefined || inputs === input.kind) return;
  throw new VdaError(
    'bad-input',
    `${folder} was trained on ${kindsInWords[inputs]}, but ${input.source} holds ${kindsInWords[input.kind]}. ` +
      `${remedy[input.kind]}, or use a model that was trained on ${kindsInWords[input.kind]}.`,
  );
}
