import { resolve } from 'node:path';
import { hashFile } from '../files/hash-file.ts';
import { isFolder } from '../files/paths.ts';
import { inputKindOf } from '../runs/input-kind.ts';
import type { ModelFolders, RunRecord } from '../runs/run-folder.ts';
import { recordOf } from '../runs/run-record.ts';
import type { PreparedTraining, TrainingGiven } from './prepare-training.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainSources } from './train-sources.ts';

/** The record of a training: what it was given, by names and hashes, and what decides it. */
export async function trainRecord(
  { train, validation, options, identity }: PreparedTraining,
  given: TrainingGiven & { readonly record?: Partial<Pick<RunRecord, 'options' | 'data'>> | undefined },
): Promise<RunRecord> {
  const { augmentFiles = [] } = options;
  const added: Record<string, string> = {};
  for (const [i, file] of augmentFiles.entries()) added[`augmentFiles.${i}`] = await hashFile(file);
  const { record } = given;
  return recordOf({
    command: 'train',
    options: record?.options ?? optionsOf(given),
    data: {
      trainFile: train.sha256,
      ...(validation && { validationFile: validation.sha256 }),
      ...record?.data,
      ...added,
    },
    inputs: inputKindOf(train.columns),
    modelFolders: { ...folderOf('model', namesOf(given)), ...folderOf('mlm', namesOf(given)) },
    identity,
  });
}

const namesOf = ({ options, modelFolder, maskedLm }: TrainingGiven) => ({
  model: options.model ?? modelFolder,
  mlm: options.mlm ?? maskedLm,
});

/** The absolute folder that a name is; nothing where it names a model on the hub, or there is none. */
const folderOf = (key: 'model' | 'mlm', names: ReturnType<typeof namesOf>): ModelFolders => {
  const name = names[key];
  return name !== undefined && isFolder(name) ? { [key]: resolve(name) } : {};
};

/** Options as the command line would have recorded them. */
function optionsOf(given: TrainingGiven): Readonly<Record<string, unknown>> {
  const { strategy, vda, officialCode, ...rest }: TrainOptions & TrainSources = given.options;
  return {
    ...rest,
    ...namesOf(given),
    trainFile: given.train.path,
    validationFile: given.validation?.path,
    strategy: strategy?.name ?? 'standard',
    ...(strategy?.settings && { settings: strategy.settings }),
    ...vda,
    vda: vda !== undefined,
    preset: officialCode === true ? 'official' : 'default',
  };
}
