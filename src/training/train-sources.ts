import { argument, VdaError } from '../base/error.ts';
import { checkSettings, isText, requireArgument, type SettingRules } from '../base/setting-rules.ts';
import { type Device, nodeDevices } from '../runtime/devices.ts';
import { runtimeRules } from '../runtime/runtime.ts';

/** Where a training gets what it needs; names and meanings as on the command line (`vda train --help`). */
export interface TrainSources {
  /** Encoder to start from: a folder, or a name on the hub. */
  readonly model?: string | undefined;
  /** Masked language model; the encoder itself unless told. */
  readonly mlm?: string | undefined;
  /** The file of the training texts, as the run's record names it: the texts themselves are given. */
  readonly trainFile?: string | undefined;
  /** The file of the validation texts, likewise. */
  readonly validationFile?: string | undefined;
  /** Class names in order; those of the training texts unless told. */
  readonly labels?: readonly string[] | undefined;
  /** Train on so many of the texts, drawn; 0 for all. */
  readonly maxTrainSamples?: number | undefined;
  /** Results of attacks on the training texts, whose successes are trained on too. */
  readonly augmentFiles?: readonly string[] | undefined;
  /** A `checkpoint-N` folder to go on from, or `last`. */
  readonly resumeFromCheckpoint?: string | undefined;
  readonly device?: Device | undefined;
  readonly numThreads?: number | undefined;
}

const name = { kind: 'text', optional: true } as const;

/** What {@link TrainSources} may be. */
export const sourceRules = {
  ...runtimeRules(nodeDevices),
  model: name,
  mlm: name,
  trainFile: name,
  validationFile: name,
  resumeFromCheckpoint: name,
  maxTrainSamples: { kind: 'integer', min: 0, optional: true },
} as const satisfies SettingRules;

/** @throws VdaError `usage` naming every source that is out of range */
export function checkTrainSources(owner: string, sources: TrainSources): void {
  checkSettings(owner, sources, { rules: sourceRules });
  const lists = { augmentFiles: sources.augmentFiles, labels: sources.labels };
  for (const [key, got] of Object.entries(lists)) {
    const fits = got === undefined || (Array.isArray(got) && got.every(isText));
    requireArgument(fits, { owner, name: argument(key), expected: 'a list of texts', got });
  }
}

/**
 * Refuses settings that choose among evaluations where there are none; the published code's own choice gives way.
 * @throws VdaError `usage`
 */
export function checkEvaluated(
  owner: string,
  options: {
    readonly evaluates: boolean;
    readonly loadBestModelAtEnd: boolean;
    readonly earlyStoppingPatience?: number | undefined;
    readonly metricForBestModel: string;
    readonly officialCode?: boolean | undefined;
    readonly metric?: { readonly name: string } | undefined;
  },
): void {
  const { metric, metricForBestModel: named } = options;
  if (metric !== undefined && named !== 'accuracy') {
    throw new VdaError(
      'usage',
      `${owner}: the metric ${metric.name} is given, and ${argument('metricForBestModel')} names ${named}. Leave out one of them.`,
    );
  }
  if (options.evaluates) return;
  const asked = [
    ...(options.loadBestModelAtEnd && !options.officialCode ? ['loadBestModelAtEnd'] : []),
    ...(options.earlyStoppingPatience === undefined ? [] : ['earlyStoppingPatience']),
    ...(named === 'accuracy' ? [] : ['metricForBestModel']),
    ...(metric === undefined ? [] : ['metric']),
  ].map((name) => argument(name));
  if (asked.length === 0) return;
  throw new VdaError(
    'usage',
    `${owner}: ${asked.join(', ')}: there are no evaluations to choose by. Give validation texts, and ${argument('evalStrategy')} other than no.`,
  );
}
