import { z } from 'zod';
import { path } from './data.ts';
import { type CommandSpec, option } from './spec.ts';
import { summaries } from './summaries.ts';
import { usageError } from './usage-error.ts';

const group = 'Report';

const schema = z.strictObject({
  attacks: option(z.array(path()).min(1), {
    description:
      'Folders of vda attack. The first is the baseline that the others are compared with. Parts of one attack (--shard of vda attack) are put together; a folder of such parts may stand for them.',
    group,
    value: 'FOLDER',
    expected: 'a list of at least one folder',
    knownAs: ['runs', 'folders', 'attack-folders'],
  }),
  names: option(z.array(z.string().min(1)).min(1).optional(), {
    description:
      "What each attack is called, in the same order; the same name twice for the same training with several seeds, which become a row. By default the attacked model's folder, or where that does not tell them apart the attack's.",
    group,
    value: 'NAME',
    expected: 'a list of names',
  }),
  partial: option(z.boolean().default(false), {
    description:
      'Put parts together without those that are missing, unfinished ones as far as they are; the report says so.',
    group,
    knownAs: ['allow-missing', 'incomplete'],
  }),
  title: option(z.string().min(1).default('Attacks side by side'), {
    description: 'Title of the page.',
    group,
  }),
  examples: option(z.int().min(0).default(1000), {
    description: 'Attacked texts on the page, drawn by class.',
    group,
    unit: 'texts',
    knownAs: ['examples-shown', 'num-examples'],
  }),
  outputDir: option(path().default('vda-report'), {
    description: 'Folder of report.html and report.md, and of the attacks that were put together from parts.',
    group: 'Output',
    value: 'DIR',
  }),
});

/** `vda report`: options and help. */
export const reportSpec: CommandSpec<typeof schema> = {
  name: 'report',
  summary: summaries.report,
  schema,
  positional: 'attacks',
  examples: [
    {
      what: 'Does VDA help? A table, paired comparisons and an HTML report:',
      command: 'vda report runs/plain/attack runs/vda/attack --names plain VDA',
    },
    {
      what: 'The parts of one attack as one:',
      command: 'vda report runs/vda/attack-0 runs/vda/attack-1 --output-dir runs/vda/attack',
    },
  ],
  check({ attacks, names }) {
    if (names !== undefined && names.length !== attacks.length) {
      throw usageError('report', [
        `--names: expected a name for each of the ${attacks.length} folders, got ${names.length}.`,
      ]);
    }
  },
};
