import type { RecipeName } from '../attacks/recipes/index.ts';
import type { OptimizationOptions } from '../optim/optimization.ts';
import type { IntervalStrategy, RunOptions } from '../runs/run-options.ts';
import type { LossOptions } from '../strategies/classification-loss.ts';
import type { StrategyChoice } from '../strategies/index.ts';
import type { VdaOptions } from '../strategies/vda/options.ts';

/** What can decide the best checkpoint. */
export const bestModelMetrics = ['accuracy', 'f1', 'f1_macro', 'loss', 'attack_accuracy'] as const;

/** One of {@link bestModelMetrics}. */
export type BestModelMetric = (typeof bestModelMetrics)[number];

/** Settings of a fine-tuning run; names and meanings as on the command line (`vda train --help`). */
export interface TrainOptions extends OptimizationOptions, RunOptions, Partial<LossOptions> {
  readonly maxSeqLength: number;
  readonly padToMaxLength: boolean;
  readonly shuffle: boolean;
  /** Start at random what the checkpoint lacks of its encoder, which is an error otherwise. Default false. */
  readonly allowMissing?: boolean | undefined;
  /** A sentence with `{text}` and `[MASK]`: classify by the masked language model's word there, with `labelWords`. */
  readonly promptTemplate?: string | undefined;
  /** The words of each class, in the order of the labels; several of a class with commas between them. */
  readonly labelWords?: readonly string[] | undefined;
  readonly perDeviceEvalBatchSize: number;
  readonly evalStrategy: IntervalStrategy;
  readonly evalSteps?: number | undefined;
  readonly metricForBestModel: BestModelMetric;
  readonly loadBestModelAtEnd: boolean;
  readonly earlyStoppingPatience?: number | undefined;
  /** Training texts attacked before each epoch but the first; what fools the model joins the epoch. 0 for none. */
  readonly adaExamples: number;
  /** The attack on them. Default `bert-attack`. */
  readonly adaRecipe?: RecipeName | undefined;
  /** Classifier that is attacked once before training, in place of the one in training before each epoch. */
  readonly adaModel?: string | undefined;
  /** How to train; plain fine-tuning unless told. */
  readonly strategy?: StrategyChoice | undefined;
  /** Follow the code published with the VDA paper: inside the strategy, and in decaying biases and LayerNorm too. */
  readonly officialCode?: boolean | undefined;
  /** Folder of the masked LM's candidates that runs share; by default they lie in `outputDir`. */
  readonly candidatesDir?: string | undefined;
  /** Virtual data augmentation, or none. */
  readonly vda?: VdaOptions | undefined;
}
