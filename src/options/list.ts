import { z } from 'zod';
import { catalog } from './catalog.ts';
import type { CommandSpec } from './spec.ts';
import { choice, option } from './spec.ts';
import { summaries } from './summaries.ts';

const kinds = Object.fromEntries(Object.entries(catalog).map(([name, { title }]) => [name, title]));

const schema = z.strictObject({
  kind: option(choice(kinds).optional(), {
    description: 'What to list. By default everything.',
    group: 'Options',
    value: 'KIND',
  }),
  json: option(z.boolean().default(false), { description: 'Print JSON.', group: 'Options' }),
});

/** `vda list`: options and help. */
export const listSpec: CommandSpec<typeof schema> = {
  name: 'list',
  summary: summaries.list,
  schema,
  positional: 'kind',
  examples: [
    { what: 'Everything:', command: 'vda list' },
    { what: 'One kind, for programs:', command: 'vda list mixtures --json' },
  ],
};
