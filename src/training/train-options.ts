import { checkSettings } from '../base/setting-rules.ts';
import { checkMethod, type MethodChoice } from '../strategies/index.ts';
import { type VdaOptions, vdaRules } from '../strategies/vda-options.ts';
import type { OptimizationOptions } from './optimization.ts';
import { type bestModelMetrics, type moments, trainRules } from './train-rules.ts';

/** When something happens in a run. */
export type Moment = (typeof moments)[number];

/** Settings of a fine-tuning run; names and meanings as on the command line (`vda train --help`). */
export interface TrainOptions extends OptimizationOptions {
  readonly outputDir: string;
  readonly seed: number;
  readonly maxSeqLength: number;
  readonly padToMaxLength: boolean;
  readonly shuffle: boolean;
  readonly dropout?: number | undefined;
  /** Start at random what the checkpoint lacks of its encoder, which is an error otherwise. Default false. */
  readonly allowMissing?: boolean | undefined;
  readonly numTrainEpochs: number;
  readonly maxSteps?: number | undefined;
  readonly perDeviceTrainBatchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly perDeviceEvalBatchSize: number;
  readonly evalStrategy: Moment;
  readonly evalSteps?: number | undefined;
  readonly metricForBestModel: (typeof bestModelMetrics)[number];
  readonly loadBestModelAtEnd: boolean;
  readonly earlyStoppingPatience?: number | undefined;
  readonly loggingSteps: number;
  readonly saveStrategy: Moment;
  readonly saveSteps: number;
  readonly saveTotalLimit?: number | undefined;
  /** Training texts attacked before each epoch but the first; what fools the model joins the epoch. 0 for none. */
  readonly adaExamples: number;
  /** Classifier that is attacked once before training, in place of the one in training before each epoch. */
  readonly adaModel?: string | undefined;
  /** How to train; plain fine-tuning unless told. */
  readonly method?: MethodChoice | undefined;
  /** Follow the code published with the VDA paper: inside the method, and in decaying biases and LayerNorm too. */
  readonly officialCode?: boolean | undefined;
  /** Folder of the masked LM's candidates that runs share; by default they lie in `outputDir`. */
  readonly candidatesDir?: string | undefined;
  /** Virtual data augmentation, or none. */
  readonly vda?: VdaOptions | undefined;
}

/** @throws VdaError `usage` naming every setting that is out of range */
export function checkTrainOptions(owner: string, options: TrainOptions): void {
  checkSettings(owner, options, { rules: trainRules });
  if (options.method !== undefined) checkMethod(owner, options.method);
  if (options.vda !== undefined) checkSettings(`${owner}, vda`, options.vda, { rules: vdaRules });
}
