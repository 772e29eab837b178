import { z } from 'zod';
import {
  columnOptions,
  dataProblems,
  datasetOptions,
  datasetPreset,
  fileLabelsOption,
  path,
  readingMaxSeqLength,
  testFile,
} from './data.ts';
import { device, modelOption, numThreads } from './model.ts';
import { copiesOption, smoothingOptions, smoothingProblems } from './smoothing.ts';
import type { CommandSpec } from './spec.ts';
import { option } from './spec.ts';
import { summaries } from './summaries.ts';
import { perDeviceEvalBatchSize } from './training.ts';
import { usageError } from './usage-error.ts';

const schema = z.strictObject({
  model: modelOption('Classifier to evaluate.', path()),
  ...datasetOptions,
  testFile: testFile(
    'Labelled texts: TSV, CSV or JSON Lines, each also gzipped (.gz). Required without --dataset.',
    path().optional(),
  ),
  ...columnOptions,
  labels: fileLabelsOption,
  maxSeqLength: readingMaxSeqLength,
  perDeviceEvalBatchSize,
  ...smoothingOptions,
  votes: copiesOption,
  outputDir: option(path().optional(), {
    description:
      'Folder for the figures and one line for each text. By default only the figures are printed.',
    group: 'Output',
    value: 'DIR',
  }),
  json: option(z.boolean().default(false), { description: 'Print JSON.', group: 'Output' }),
  device,
  numThreads,
});

/** `vda eval`: options and help. */
export const evalSpec: CommandSpec<typeof schema> = {
  name: 'eval',
  summary: summaries.eval,
  schema,
  presets: [datasetPreset(({ maxSeqLength }) => ({ maxSeqLength }))],
  check(options, given) {
    const problems = [
      ...dataProblems(options, { given, files: ['testFile'], needed: 'testFile' }),
      ...smoothingProblems(options, { given, also: ['votes'] }),
    ];
    if (problems.length > 0) throw usageError('eval', problems);
  },
  examples: [
    {
      what: 'Accuracy with its 95 % interval, in all and for each class:',
      command: 'vda eval --model ./runs/vda --test-file test.tsv',
    },
    {
      what: 'Columns by name, and one line for each text kept:',
      command:
        'vda eval --model ./runs/vda --test-file test.csv.gz --text-column review --label-column stars --output-dir runs/vda/eval',
    },
  ],
};
