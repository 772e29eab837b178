import { z } from 'zod';
import type { CommandSpec } from './spec.ts';
import { option } from './spec.ts';
import { summaries } from './summaries.ts';

const schema = z.strictObject({
  json: option(z.boolean().default(false), { description: 'Print JSON.', group: 'Options' }),
});

/** `vda env`: options and help. */
export const envSpec: CommandSpec<typeof schema> = {
  name: 'env',
  summary: summaries.env,
  schema,
  examples: [
    { what: 'To read:', command: 'vda env' },
    { what: 'For programs:', command: 'vda env --json' },
  ],
};
