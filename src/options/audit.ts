import { z } from 'zod';
import { argument } from '../base/error.ts';
import { path } from './data.ts';
import { type CommandSpec, option } from './spec.ts';
import { summaries } from './summaries.ts';
import { usageError } from './usage-error.ts';

const group = 'Audit';

const schema = z.strictObject({
  attack: option(path(), {
    description: 'Folder of vda attack.',
    group,
    value: 'FOLDER',
    knownAs: ['run', 'folder', 'attack-folder'],
  }),
  sample: option(z.int().min(1).max(1e6).default(50), {
    description: 'Successes to read, drawn by class; where there are fewer, all.',
    group,
    unit: 'texts',
    knownAs: ['num-examples', 'count'],
  }),
  seed: option(
    z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0),
    { description: 'Seed of the draw and of its order.', group },
  ),
  answers: option(z.array(path()).min(1).optional(), {
    description:
      'Files that readers saved from the page, one a reader: they are written to audit.json in the folder, and reports show what follows.',
    group,
    value: 'FILE',
  }),
  outputFile: option(path().optional(), {
    description: 'The page to write. By default audit.html in the folder of the attack.',
    group: 'Output',
    value: 'HTML-FILE',
  }),
});

/** `vda audit`: options and help. */
export const auditSpec: CommandSpec<typeof schema> = {
  name: 'audit',
  summary: summaries.audit,
  schema,
  positional: 'attack',
  details:
    'Writes one page, without network or server, on which a person answers three questions about each text, by keyboard. Several people may answer the same page.',
  examples: [
    { what: 'A page of 50 successes:', command: 'vda audit runs/vda/attack --sample 50' },
    {
      what: 'What two people answered on it, read back:',
      command: 'vda audit runs/vda/attack --answers answers-ada.json answers-ben.json',
    },
  ],
  check({ answers }, given) {
    if (answers === undefined) return;
    const unread = ['sample', 'seed', 'outputFile'].filter((key) => given.has(key));
    const problems = unread.map(
      (key) =>
        `${argument(key)} has no effect with ${argument('answers')}, whose files say which sample was read.`,
    );
    if (problems.length > 0) throw usageError('audit', problems);
  },
};
