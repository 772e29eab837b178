import { z } from 'zod';
import { path } from './data.ts';
import { device, numThreads } from './model.ts';
import { shardOptions } from './shard.ts';
import { type CommandSpec, option } from './spec.ts';
import { summaries } from './summaries.ts';

const cells = 'Cells';

const schema = z.strictObject({
  grid: option(path(), {
    description: 'Grid file, YAML or JSON: methods, data sets, seeds and what they share.',
    group: 'Grid',
    value: 'GRID',
  }),
  set: option(z.array(z.string().regex(/^[\w-]+=/)).optional(), {
    description:
      'Values of the variables that the grid file asks for. Paths are relative to the working directory.',
    group: 'Grid',
    value: 'NAME=VALUE',
    expected: 'a list of name=value',
    knownAs: ['define'],
  }),
  seeds: option(
    z
      .array(z.string().regex(/^\d{1,9}$/))
      .min(1)
      .optional(),
    {
      description: 'Seeds in place of those of the grid file.',
      group: 'Grid',
      value: 'N',
      expected: 'a list of whole numbers',
      knownAs: ['seed'],
    },
  ),
  only: option(z.array(z.string().min(1)).min(1).optional(), {
    description: 'Names of the rows to do; * stands for anything. The tables still show all that is done.',
    group: cells,
    value: 'PATTERN',
    knownAs: ['rows', 'filter'],
  }),
  dryRun: option(z.boolean().default(false), {
    description: 'List the cells, how far each is, and the commands left, and do nothing, not even download.',
    group: cells,
  }),
  ...shardOptions({ what: 'Do only part i of n of the trainings', group: cells }),
  outputDir: option(path().optional(), {
    description:
      'Folder of cells, tables, figures and report. By default runs/ and the name of the grid file. What is done there is not done again.',
    group: 'Output',
    value: 'DIR',
    knownAs: ['output', 'out-dir'],
  }),
  device,
  numThreads,
});

/** `vda reproduce`: options and help. */
export const reproduceSpec: CommandSpec<typeof schema> = {
  name: 'reproduce',
  summary: summaries.reproduce,
  details:
    'Every cell of the grid is a vda train and a vda attack. All options are checked before the first one runs. Cells that are done are kept, one that was cut goes on: the same command continues.',
  schema,
  positional: 'grid',
  examples: [
    {
      what: 'What would be done, and how far it is:',
      command:
        'vda reproduce recipes/table2-mr.yaml --set model=models/minilm mr=data/mr --output-dir runs/table2-mr --dry-run',
    },
    {
      what: 'The rows of FreeLB alone:',
      command: 'vda reproduce recipes/table2-mr.yaml --set model=models/minilm mr=data/mr --only "FreeLB*"',
    },
    {
      what: 'The first of four parts, on any machine that sees the folder:',
      command: 'vda reproduce grid.yaml --shard 0/4 --output-dir runs/grid',
    },
  ],
};
