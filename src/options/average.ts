import { z } from 'zod';
import { shareProblems } from '../training/average-shares.ts';
import { path } from './data.ts';
import { type CommandSpec, option } from './spec.ts';
import { summaries } from './summaries.ts';
import { usageError } from './usage-error.ts';

const group = 'Average';

const schema = z.strictObject({
  models: option(z.array(path()).min(2), {
    description:
      'Folders of vda train, or other classifiers. They must have begun from one model, and where its head was new, with one --seed of vda train. The first gives configuration and tokenizer.',
    group,
    value: 'RUN',
    expected: 'a list of at least two models',
    knownAs: ['runs', 'model', 'folders'],
  }),
  weights: option(z.array(z.number()).min(1).optional(), {
    description:
      'The share of each, in the same order, together 1; below 0 and above 1 go past a model. By default all have the same.',
    group,
    value: 'N',
    expected: 'a list of numbers',
    knownAs: ['shares', 'alpha', 'coefficients', 'ratios'],
  }),
  outputDir: option(path(), {
    description: 'Folder of the mean: a model as vda train leaves one, without ONNX.',
    group: 'Output',
    value: 'DIR',
    knownAs: ['output', 'out-dir', 'save-dir'],
  }),
});

/** `vda average`: options, help and rules. */
export const averageSpec: CommandSpec<typeof schema> = {
  name: 'average',
  summary: summaries.average,
  schema,
  positional: 'models',
  examples: [
    {
      what: 'FreeLB, and a quarter of FreeLB with adversarial virtual data:',
      command: 'vda average runs/freelb runs/both --weights 0.75 0.25 --output-dir runs/mean',
    },
    {
      what: 'What it is worth:',
      command: 'vda attack --model runs/mean --test-file test.tsv --output-dir runs/mean/attack',
    },
  ],
  check(options) {
    const problems = shareProblems(options);
    if (problems.length > 0) throw usageError('average', problems);
  },
};
