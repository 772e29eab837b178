import { z } from 'zod';
import { VdaError } from '../../src/base/error.ts';
import type { CommandSpec } from '../../src/options/spec.ts';
import { choice, option } from '../../src/options/spec.ts';

const facets = (description: string) => ({ description, group: 'Toy' });

const schema = z.strictObject({
  model: option(z.string().min(1), { ...facets('The model.'), knownAs: ['model-name-or-path'] }),
  learningRate: option(z.number().positive().default(2e-5), facets('The rate.')),
  numEpochs: option(z.int().min(1).default(3), { ...facets('How long.'), unit: 'epochs' }),
  mixture: option(
    choice({ logit: 'a', paper: 'b', mean: 'c', sample: 'd' }).default('logit'),
    facets('How.'),
  ),
  preset: option(choice({ default: 'as is', official: 'as published' }).default('default'), facets('Which.')),
  shuffle: option(z.boolean().default(true), facets('Shuffle.')),
  vda: option(z.boolean().default(false), facets('Augment.')),
  labels: option(z.array(z.string().min(1)).optional(), facets('Names.')),
  texts: option(z.array(z.string()).optional(), facets('Texts.')),
});

/** A command with one option of each kind. */
export const toySpec: CommandSpec<typeof schema> = {
  name: 'toy',
  summary: 'do what tests need',
  schema,
  positional: 'texts',
  presets: [{ option: 'preset', values: { official: { learningRate: 1e-5, shuffle: false } } }],
  examples: [{ what: 'Go:', command: 'vda toy --model m' }],
  check(options) {
    if (options.numEpochs > 99) throw new VdaError('usage', 'too long');
  },
};
