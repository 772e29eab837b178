import { z } from 'zod';
import { argument } from '../base/error.ts';
import type { ColumnOptions } from '../data/columns.ts';
import {
  type DatasetName,
  datasetSummaries,
  type NamedDataset,
  namedDatasets,
  type Split,
} from '../data/datasets.ts';
import { trainRules } from '../training/train-rules.ts';
import { choice, number, option } from './spec.ts';

const group = 'Data';

/** Files that hold labelled texts, in the words of help. */
export const dataFormats =
  'TSV, CSV or JSON Lines, each also gzipped (.gz), or Parquet; hf://datasets/OWNER/NAME/PATH is a file of the hub';

/** A file or folder name. */
export const path = () => z.string().min(1);

/** A data set of the paper by its name, in place of files. */
export const datasetOptions = {
  dataset: option(choice(datasetSummaries).optional(), {
    description:
      'Data set of the VDA paper, read from --data-dir: stands for the data files, --max-seq-length and the labels, each of which can still be given.',
    group,
    knownAs: ['task-name', 'task', 'dataset-name'],
  }),
  dataDir: option(path().optional(), {
    description:
      'Folder of --dataset, as it was distributed or with the files train, dev and test (.tsv, .csv, .jsonl; also .gz), or the folder that has such a folder.',
    group,
    value: 'DIR',
    knownAs: ['data-path', 'dataset-dir'],
  }),
};

/** What each data set presets, for `CommandSpec.presets`. */
export const datasetPreset = <T>(valuesOf: (dataset: NamedDataset) => T) => ({
  option: 'dataset' as const,
  values: Object.fromEntries(
    Object.entries(namedDatasets).map(([name, dataset]) => [name, valuesOf(dataset)]),
  ),
});

/** Options that name a data file, in the order in which a message lists them. */
export type DataFile = 'trainFile' | 'validationFile' | 'testFile';

/**
 * What is wrong about the options that say where texts come from.
 * @param files the command's files: those that `--dataset` stands for
 * @param needed the one that must come from somewhere
 */
export function dataProblems(
  options: Readonly<Partial<Record<DataFile, string | undefined>>> & {
    readonly dataset?: DatasetName | undefined;
    readonly dataDir?: string | undefined;
  },
  p: { readonly given: ReadonlySet<string>; readonly files: readonly DataFile[]; readonly needed: DataFile },
): readonly string[] {
  const { given, files, needed } = p;
  const { dataset, dataDir } = options;
  const own = files.filter((file) => options[file] !== undefined);
  if (dataset === undefined) {
    return [
      ...(options[needed] === undefined
        ? [`${argument(needed)} is required, or ${argument('dataset')} with ${argument('dataDir')}.`]
        : []),
      ...(dataDir !== undefined
        ? [`${argument('dataDir')} has no effect without ${argument('dataset')}.`]
        : []),
    ];
  }
  const columns = Object.keys(columnOptions).filter((key) => given.has(key));
  return [
    ...(dataDir === undefined && own.length < files.length
      ? [`${argument('dataset')} ${dataset} needs ${argument('dataDir')}, the folder of its files.`]
      : []),
    ...(own.length === 0
      ? columns.map(
          (key) => `${argument(key)} has no effect with ${argument('dataset')}, which knows its columns.`,
        )
      : []),
  ];
}

/** Which columns of a data file hold what; without them the columns are guessed and the guess is said aloud. */
export const columnOptions = {
  textColumn: option(z.string().min(1).optional(), {
    description: 'Column of the text, by name. By default guessed, and the guess is said aloud.',
    group,
    value: 'NAME',
    knownAs: ['sentence1-key', 'text-column-name', 'text-column-names'],
  }),
  textPairColumn: option(z.string().min(1).optional(), {
    description: 'Column of the second text of a pair, for tasks such as MRPC or QNLI.',
    group,
    value: 'NAME',
    knownAs: ['sentence2-key'],
  }),
  labelColumn: option(z.string().min(1).optional(), {
    description: 'Column of the label.',
    group,
    value: 'NAME',
    knownAs: ['label-column-name'],
  }),
};

/** The columns that were asked for; the others are left to be guessed. */
export const columnsOf = (options: {
  readonly textColumn?: string | undefined;
  readonly textPairColumn?: string | undefined;
  readonly labelColumn?: string | undefined;
}): ColumnOptions => ({
  ...(options.textColumn !== undefined && { textColumn: options.textColumn }),
  ...(options.textPairColumn !== undefined && { textPairColumn: options.textPairColumn }),
  ...(options.labelColumn !== undefined && { labelColumn: options.labelColumn }),
});

const labelNames = () =>
  z
    .array(z.string().min(1))
    .min(2)
    .refine(
      (names) => new Set(names).size === names.length,
      'a name stands there twice; each class needs its own.',
    )
    .optional();

/** Names of the classes in order. */
export const labelsOption = option(labelNames(), {
  description:
    'Names of the classes, in the order of their indices. By default those of the training file, sorted; numbers by value.',
  group,
  value: 'NAME',
  expected: 'a list of at least two names that are not empty',
});

/** `--labels` of a command that asks a model, whose classes have names already. */
export const fileLabelsOption = option(labelNames(), {
  description:
    "Names that the file has for the model's classes, in the order of their indices, where the model calls them otherwise, such as LABEL_0 and LABEL_1.",
  group,
  value: 'NAME',
  expected: 'a list of at least two names that are not empty',
});

export const trainFile = option(path().optional(), {
  description: `Labelled texts to train on: ${dataFormats}. Required without --dataset.`,
  group,
  value: 'FILE',
  knownAs: ['train-data', 'train-data-file'],
});

export const validationFile = option(path().optional(), {
  description: 'Labelled texts that decide the best checkpoint; never trained on.',
  group,
  value: 'FILE',
  knownAs: ['eval-file', 'eval-data-file', 'dev-file'],
});

/** `--test-file` with the role it has in a command; `type` makes it optional. */
export const testFile = <S extends z.ZodType>(description: string, type: S) =>
  option(type, { description, group, value: 'FILE', knownAs: ['eval-file', 'predict-file'] });

export const maxTrainSamples = option(z.int().min(0).default(0), {
  description:
    'Train on so many of the training texts, drawn at random, the same ones under every --seed; 0 for all.',
  group,
  unit: 'texts',
  knownAs: ['max-samples', 'num-train', 'train-size', 'subsample'],
});

export const maxSeqLength = option(number(trainRules.maxSeqLength).default(128), {
  description: 'Longer texts are cut, special tokens included. The default is that of Hugging Face examples.',
  group,
  unit: 'pieces',
  knownAs: ['max-length', 'max-len', 'model-max-length', 'block-size'],
});

const readingLength = (whereNothingSaysIt: string) =>
  option(z.int().min(4).optional(), {
    description: `Longer texts are cut, special tokens included. By default what the model was trained to read; where nothing says it, ${whereNothingSaysIt}.`,
    group,
    unit: 'pieces',
    knownAs: ['max-length', 'max-len', 'model-max-length', 'block-size'],
  });

/** `--max-seq-length` where a trained classifier is asked. */
export const readingMaxSeqLength = readingLength('128');

/** The same beside `--dataset`. */
export const datasetMaxSeqLength = readingLength('what --dataset asks for, or 128');

export const padToMaxLength = option(z.boolean().default(false), {
  description:
    'Pad each text to --max-seq-length rather than to the longest of its batch. Slower; where padding is mixed as well (--mix-special-tokens), it changes results.',
  group,
});

/** Texts that are read once, and what they are for. */
export type DataRole = 'train' | 'validation' | 'test';

export const splitOf = { train: 'train', validation: 'dev', test: 'test' } as const satisfies Record<
  DataRole,
  Split
>;
