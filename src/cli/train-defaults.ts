import type { z } from 'zod';
import type { TrainOptions } from '../training/train-options.ts';
import { trainOptionsOf } from './commands/train.ts';
import { trainSpec } from './options/train.ts';
import { resolveOptions } from './resolve.ts';

/**
 * Settings of a fine-tuning run from those of `vda train`: names, presets, ranges and defaults are the command's, keys
 * in camelCase; what is undefined counts as left out. Files and models are only checked for being named; who calls
 * `fineTune` loads them.
 *
 * @throws VdaError `usage` naming every option that is wrong or has no effect
 */
export function trainOptions(given: z.input<typeof trainSpec.schema>): TrainOptions {
  const flags = new Map(Object.entries(given).filter(([, value]) => value !== undefined));
  return trainOptionsOf(resolveOptions(trainSpec, { flags }).options);
}
