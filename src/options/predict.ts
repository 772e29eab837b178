import { z } from 'zod';
import { columnOptions, path, readingMaxSeqLength, testFile } from './data.ts';
import { device, modelOption, numThreads } from './model.ts';
import { smoothingOptions, smoothingProblems } from './smoothing.ts';
import type { CommandSpec } from './spec.ts';
import { option } from './spec.ts';
import { summaries } from './summaries.ts';
import { perDeviceEvalBatchSize } from './training.ts';
import { usageError } from './usage-error.ts';
import { victimOptions, victimProblems } from './victim.ts';

const { textColumn, textPairColumn } = columnOptions;

const schema = z.strictObject({
  model: modelOption('Classifier to ask. Required without --victim.', path().optional()),
  ...victimOptions,
  text: option(z.array(z.string()).optional(), {
    description: 'Texts to classify. By default --test-file, or else the lines of standard input.',
    group: 'Data',
    value: 'TEXT',
    expected: 'a list of texts',
  }),
  testFile: testFile(
    'Texts to classify: TSV, CSV, JSON Lines or Parquet, without need of a label column, or a .txt without tabs, one text a line; text files also gzipped (.gz).',
    path().optional(),
  ),
  textColumn,
  textPairColumn,
  maxSeqLength: readingMaxSeqLength,
  perDeviceEvalBatchSize,
  ...smoothingOptions,
  outputFile: option(path().optional(), {
    description: 'File for the answers. By default standard output.',
    group: 'Output',
    value: 'FILE',
  }),
  device,
  numThreads,
});

/** `vda predict`: options, help and rules. */
export const predictSpec: CommandSpec<typeof schema> = {
  name: 'predict',
  summary: summaries.predict,
  schema,
  positional: 'text',
  examples: [
    {
      what: 'One text:',
      command: 'vda predict "A film that stays with you." --model ./runs/vda',
    },
    {
      what: 'A file, to a file:',
      command: 'vda predict --model ./runs/vda --test-file new.tsv --output-file out.jsonl',
    },
    {
      what: 'From other programs, one text a line:',
      command: 'cat reviews.txt | vda predict --model ./runs/vda',
    },
  ],
  check(options, given) {
    const problems = [
      ...victimProblems(options, given),
      ...smoothingProblems(options, { given, also: options.victim === undefined ? ['votes'] : [] }),
    ];
    if (options.text !== undefined && options.testFile !== undefined) {
      problems.push('texts as arguments and --test-file exclude each other; give one.');
    }
    for (const flag of ['text-column', 'text-pair-column'] as const) {
      const value = flag === 'text-column' ? options.textColumn : options.textPairColumn;
      if (value !== undefined && options.testFile === undefined)
        problems.push(`--${flag} needs --test-file.`);
    }
    if (problems.length > 0) throw usageError('predict', problems);
  },
};
