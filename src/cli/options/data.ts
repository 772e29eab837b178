import { z } from 'zod';
import type { ColumnOptions } from '../../data/columns.ts';
import { option } from '../spec.ts';

const group = 'Data';

/** A file or folder name. */
export const path = () => z.string().min(1);

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

/** Names of the classes in order. */
export const labelsOption = option(z.array(z.string().min(1)).min(2).optional(), {
  description:
    'Names of the classes, in the order of their indices. By default those of the training file, sorted; numbers by value.',
  group,
  value: 'NAME',
  expected: 'a list of at least two names that are not empty',
});

export const trainFile = option(path(), {
  description: 'Labelled texts to train on: TSV, CSV or JSON Lines, each also gzipped (.gz).',
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

export const maxSeqLength = option(z.int().min(4).default(128), {
  description: 'Longer texts are cut, special tokens included. The default is that of Hugging Face examples.',
  group,
  unit: 'pieces',
  knownAs: ['max-length', 'max-len', 'model-max-length', 'block-size'],
});

export const padToMaxLength = option(z.boolean().default(false), {
  description:
    'Pad each text to --max-seq-length rather than to the longest of its batch. Slower; where padding is mixed as well (--mix-special-tokens), it changes results.',
  group,
});
