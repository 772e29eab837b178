import { z } from 'zod';
import {
  columnOptions,
  dataFormats,
  dataProblems,
  datasetMaxSeqLength,
  datasetOptions,
  datasetPreset,
  fileLabelsOption,
  path,
  testFile,
} from './data.ts';
import { device, modelOption, numThreads } from './model.ts';
import { smoothingOptions, smoothingProblems } from './smoothing.ts';
import type { CommandSpec } from './spec.ts';
import { option } from './spec.ts';
import { summaries } from './summaries.ts';
import { perDeviceEvalBatchSize } from './training.ts';
import { usageError } from './usage-error.ts';
import { victimOptions, victimProblems } from './victim.ts';

const schema = z.strictObject({
  model: modelOption('Classifier to evaluate. Required without --victim.', path().optional()),
  ...victimOptions,
  ...datasetOptions,
  testFile: testFile(`Labelled texts: ${dataFormats}. Required without --dataset.`, path().optional()),
  ...columnOptions,
  labels: fileLabelsOption,
  maxSeqLength: datasetMaxSeqLength,
  perDeviceEvalBatchSize,
  ...smoothingOptions,
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
      ...victimProblems(options, given),
      ...dataProblems(options, { given, files: ['testFile'], needed: 'testFile' }),
      ...smoothingProblems(options, { given, also: options.victim === undefined ? ['votes'] : [] }),
    ];
    if (problems.length > 0) throw usageError('eval', problems);
  },
  examples: [
    {
      what: 'Accuracy with its 95 % interval, in all and for each class:',
      command: 'vda eval --model ./runs/vda --test-file test.tsv',
    },
    {
      what: 'A service, its answers kept so that nothing is asked twice:',
      command:
        'vda eval --victim hf:https://example.org/models/mine --victim-token HF_TOKEN --test-file test.tsv --output-dir runs/service/eval',
    },
    {
      what: 'Columns by name, and one line for each text kept:',
      command:
        'vda eval --model ./runs/vda --test-file test.csv.gz --text-column review --label-column stars --output-dir runs/vda/eval',
    },
  ],
};
