import { z } from 'zod';
import { path } from './data.ts';
import { numThreads, seed } from './model.ts';
import type { CommandSpec } from './spec.ts';
import { option } from './spec.ts';
import { summaries } from './summaries.ts';

const schema = z.strictObject({
  outputDir: option(path().default('vda-demo'), {
    description: 'Folder for the models, the attacks and the report.',
    group: 'Output',
    value: 'DIR',
  }),
  numExamples: option(z.int().min(1).default(300), {
    description: 'Test texts to attack for each model; fewer is quicker and leaves wider intervals.',
    group: 'Data',
    unit: 'texts',
  }),
  numThreads,
  seed,
});

/** `vda demo`: options and help. */
export const demoSpec: CommandSpec<typeof schema> = {
  name: 'demo',
  summary: summaries.demo,
  details: 'Works offline with the small model and the reviews that come with vda; minutes on two cores.',
  schema,
  examples: [
    { what: 'The whole:', command: 'vda demo' },
    { what: 'A quicker look, elsewhere:', command: 'vda demo --num-examples 20 --output-dir /tmp/vda' },
  ],
};
