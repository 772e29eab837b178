import type { z } from 'zod';
import { argument, VdaError } from '../base/error.ts';
import { vdaRules } from '../strategies/vda/options.ts';
import type { TrainOptions } from '../training/train-options.ts';
import { trainRules } from '../training/train-rules.ts';
import { sourceRules, type TrainSources } from '../training/train-sources.ts';
import { resolveOptions } from './resolve.ts';
import type { OptionsOf } from './spec.ts';
import { type StrategyOptions, strategyChoice } from './strategies.ts';
import { trainSpec } from './train.ts';
import { asOfProgram } from './usage-error.ts';
import { strategyOf } from './vda.ts';

/** Options of `vda train` that `fineTune` has no use for, and what a program does instead. */
const elsewhere = {
  testFile: 'measure the saved model with createClassifier',
  textColumn: 'give it to loadDataset',
  textPairColumn: 'give it to loadDataset',
  labelColumn: 'give it to loadDataset',
  distributed: 'give fineTune the communicator that openRanks gives',
  distributedTimeout: 'give it to openRanks',
} as const;

/** Options of `vda train` as a program gives them; what is left out has its default. `vda train --help` says what each is. */
export type TrainSettings = z.input<typeof trainSpec.schema> & StrategyOptions;

const textFiles = ['trainFile', 'validationFile'] as const;

/**
 * Settings of a fine-tuning run from those of `vda train`: names, presets, ranges and defaults are the command's, keys
 * in camelCase; what is undefined counts as left out. Files of texts need no name, and are not read: who calls `fineTune` gives
 * the texts. The rest `fineTune` reads, or it is refused here.
 *
 * @throws VdaError `usage` naming every option that is wrong or has no effect
 */
export function trainOptions(given: TrainSettings): TrainOptions & TrainSources {
  const flags = new Map(Object.entries(given).filter(([, value]) => value !== undefined));
  const unread = Object.entries(elsewhere).filter(([key]) => flags.has(key));
  if (unread.length > 0) {
    const each = unread.map(([key, instead]) => `${argument(key)}: ${instead}`).join('; ');
    throw new VdaError('usage', `trainOptions: fineTune does not read these (${each}).`);
  }
  // With no file named the texts are in memory: whether there are validation texts is for fineTune to see.
  const inMemory = given.dataset === undefined && given.trainFile === undefined;
  const unnamed = inMemory ? textFiles.filter((file) => !flags.has(file)) : [];
  const named = unnamed.map((file) => [file, 'texts'] as const);
  try {
    const { options } = resolveOptions(trainSpec, { flags: new Map([...flags, ...named]) });
    return trainOptionsOf({ ...options, ...Object.fromEntries(unnamed.map((file) => [file, undefined])) });
  } catch (thrown) {
    throw asOfProgram(thrown, 'trainOptions');
  }
}

/** What the run's loop needs, from what the command line gives. */
export function trainOptionsOf(options: OptionsOf<typeof trainSpec>): TrainOptions & TrainSources {
  const officialCode = options.preset === 'official';
  const { base, vda } = strategyOf(options);
  const { labels, augmentFiles, labelWords } = options;
  return {
    ...pick(options, trainRules),
    ...pick(options, sourceRules),
    labels,
    augmentFiles,
    labelWords,
    strategy: strategyChoice(base, options),
    officialCode,
    vda: vda ? { ...pick(options, vdaRules), officialCode } : undefined,
  };
}

/** The options that have a rule. */
function pick<O extends object, K extends string>(
  options: O,
  rules: Readonly<Record<K, unknown>>,
): Pick<O, K & keyof O> {
  const ruled = Object.entries(options).filter(([key]) => Object.hasOwn(rules, key));
  return Object.fromEntries(ruled) as Pick<O, K & keyof O>;
}
