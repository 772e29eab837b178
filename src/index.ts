/**
 * The library: what a program needs to train a classifier, ask it, attack it and report. Everything here is also what the
 * commands of `vda` use; options have the names, meanings and defaults of the command line.
 *
 *     const options = trainOptions({ model, trainFile, outputDir: 'runs/vda', vda: true });
 *     await fineTune({ options, train });
 *     const classifier = await createClassifier(await loadClassifier('runs/vda'));
 *     const [logits] = await classifier.logits([{ text: 'A film that stays with you.' }]);
 *
 * Runs in Node; errors are {@link VdaError}s with a code.
 */

export type { MaskedLanguageModel } from './attacks/masked-lm.ts';
export type { ProfileName } from './attacks/profiles.ts';
export type { AttackRecipe } from './attacks/recipe.ts';
export type { PresetName, RecipeSettings } from './attacks/recipes/definition.ts';
export { type RecipeName, recipes } from './attacks/recipes/index.ts';
export type { RecipeOptions } from './attacks/recipes/recipe-by-name.ts';
export type { AttackRecord, AttackStatus, WordChange } from './attacks/record.ts';
export type { RobustEndings } from './attacks/robust-endings.ts';
export { type AttackManyOptions, attackMany, type EndedAttack } from './attacks/search/attack-many.ts';
export type { SearchStep } from './attacks/search/steps.ts';
export type { Logits, Probabilities, Victim, VictimInput } from './attacks/victim.ts';
export { randomMasks } from './attacks/victims/noise/random-masks.ts';
export { randomSynonyms } from './attacks/victims/noise/random-synonyms.ts';
export { withCache } from './attacks/victims/with-cache.ts';
export { type RateLimitOptions, withRateLimit } from './attacks/victims/with-rate-limit.ts';
export { type RetryOptions, withRetry } from './attacks/victims/with-retry.ts';
export { type SmoothingOptions, type WordNoise, withSmoothing } from './attacks/victims/with-smoothing.ts';
export { type VotesOptions, withVotes } from './attacks/victims/with-votes.ts';
export { withAdversarialExamples } from './augmentation/adversarial-examples.ts';
export { type VariantOptions, variantsOf } from './augmentation/variants.ts';
export { type PredictionProblem, predictionProblem } from './base/constant-predictions.ts';
export { type ErrorCode, VdaError } from './base/error.ts';
export type { Part, Parts } from './base/part.ts';
export { probabilitiesOf } from './base/probabilities-of.ts';
export type { BootstrapOptions, Estimate } from './base/statistics.ts';
export type { ColumnOptions } from './data/columns.ts';
export type { Dataset, Example } from './data/dataset.ts';
export { type DatasetOfOptions, datasetOf, type LabelledText } from './data/dataset-of.ts';
export {
  type DatasetName,
  type NamedDataset,
  namedDatasets,
  type Original,
  type Split,
} from './data/datasets.ts';
export { drawExamples, type ExamplePart } from './data/draw-examples.ts';
export { type LoadDatasetOptions, loadDataset } from './data/load-dataset.ts';
export { openNamedDataset } from './data/named-dataset.ts';
export { openDataset } from './data/open-dataset.ts';
export type { OriginalFile } from './data/original-files.ts';
export type { Communicator } from './distributed/communicator.ts';
export { type OpenRanks, openRanks } from './distributed/open-ranks.ts';
export { krippendorffAlpha, type RatingLevel, type Ratings } from './evaluation/agreement.ts';
export {
  type AuditAnswer,
  type AuditedExample,
  type AuditSummary,
  auditSummary,
  correctedAttackAccuracy,
} from './evaluation/audit.ts';
export { type Calibration, calibration } from './evaluation/calibration.ts';
export { predictedClass } from './evaluation/classification-metrics.ts';
export { calibrationOf } from './evaluation/clean-rows.ts';
export { type AttackMetrics, aggregateSeeds, attackMetrics, metricsOverSeeds } from './evaluation/metrics.ts';
export { type Outcome, outcomeOf, predictionsOf } from './evaluation/outcome.ts';
export {
  correctedForNumber,
  isSignificant,
  type PairedComparison,
  pairedComparison,
  type TestedComparison,
} from './evaluation/paired-comparison.ts';
export { totalRejections } from './evaluation/rejections.ts';
export { attAccWithin, type CurveStep, robustnessCurve } from './evaluation/robustness-curves.ts';
export { type Slice, slices } from './evaluation/slices.ts';
export { worstCase } from './evaluation/worst-case.ts';
export type { Classifier } from './inference/classifier.ts';
export type { MaskedLm } from './inference/masked-lm.ts';
export { victimOf } from './inference/victim-of.ts';
export type { ScoreKind } from './inference/victims/contract.ts';
export type { ContractName } from './inference/victims/index.ts';
export type { PretrainedModel } from './models/pretrained-model.ts';
export { createClassifier, createMaskedLm, createSentenceEncoder } from './node-inference.ts';
export type { OptimizationOptions } from './optim/optimization.ts';
export type { ScheduleName } from './optim/schedule.ts';
export { type TrainSettings, trainOptions } from './options/train-defaults.ts';
export type { Environment } from './pretrained/hub-settings.ts';
export { loadClassifier } from './pretrained/load-classifier.ts';
export { loadMaskedLm } from './pretrained/load-masked-lm.ts';
export type { LoadModelOptions } from './pretrained/load-pretrained.ts';
export { loadSentenceEncoder } from './pretrained/load-sentence-encoder.ts';
export { resolveDataFile } from './pretrained/resolve-data-file.ts';
export { type DownloadProgress, type ResolveModelOptions, resolveModel } from './pretrained/resolve-model.ts';
export { auditPage } from './report/audit-page.ts';
export type { CardRow } from './report/card-robustness.ts';
export type { Compared, Comparisons } from './report/comparison.ts';
export type { ReportOptions } from './report/gather-report.ts';
export type { Lab, LabBlock, LabCell, LabLine } from './report/lab.ts';
export type { CardEvaluation, ModelCardInput } from './report/model-card.ts';
export type { ReportSource } from './report/read-attack.ts';
export type {
  AttackedBy,
  CurvePoint,
  ReportInput,
  ReportRow,
  ReportRun,
  RunConfiguration,
  TrainingCurve,
} from './report/report-input.ts';
export type { ResultRow } from './report/result-row.ts';
export { renderTable, type TableFormat } from './report/results-table.ts';
export { writeModelCard } from './report/write-model-card.ts';
export { type ReportSummary, writeReport } from './report/write-report.ts';
export { type Replay, readReplay } from './runs/adversarial-texts.ts';
export type { AttackAbout, AttackShard } from './runs/attack-manifest.ts';
export { type Audit, readAnswers } from './runs/audit-file.ts';
export { type AuditDraw, type AuditSample, auditSample } from './runs/audit-sample.ts';
export type { ProgressDisplay, ProgressFields, ProgressOptions, RunHooks } from './runs/hooks.ts';
export type { Identity } from './runs/identity.ts';
export { loadRecipe } from './runs/lexica/load-recipe.ts';
export { type MergeOptions, mergeShards } from './runs/merge-shards.ts';
export type { Provenance, ProvenanceSetting } from './runs/provenance.ts';
export {
  type AttackProgress,
  type AttackRunResult,
  type ResultsRepair,
  type RunAttackOptions,
  runAttack,
} from './runs/run-attack.ts';
export type { AveragedRecord, InputKind, ModelFolders, RunRecord } from './runs/run-folder.ts';
export type { IntervalStrategy, RunOptions } from './runs/run-options.ts';
export type { ServingLimits } from './runs/serving/limits.ts';
export { type Served, type Serving, type ServingOptions, serveClassifier } from './runs/serving/server.ts';
export type { AskedVictim, AskingOptions } from './runs/victims/asked-victim.ts';
export { type HttpVictimOptions, openHttpVictim } from './runs/victims/http.ts';
export { openModuleVictim } from './runs/victims/module.ts';
export { loadOnnxClassifier, type OnnxVictimOptions } from './runs/victims/onnx.ts';
export type { LossOptions } from './strategies/classification-loss.ts';
export { type StrategyChoice, type StrategyName, strategies } from './strategies/index.ts';
export type { StepMetrics } from './strategies/train-step.ts';
export { type Mixture, mixtures, type VdaOptions } from './strategies/vda/options.ts';
export { type AveragedModel, type AverageOptions, averageModels } from './training/average-models.ts';
export type { EvaluatedTexts, Evaluation, OwnMetric } from './training/evaluation.ts';
export { type FineTuning, fineTune } from './training/fine-tune.ts';
export type { TrainingGiven } from './training/prepare-training.ts';
export type { TrainingResult } from './training/run-training.ts';
export type { EvaluationEvent, SaveEvent, StepEvent, TrainHooks } from './training/train-hooks.ts';
export type { StepReport } from './training/train-loop.ts';
export type { BestModelMetric, TrainOptions } from './training/train-options.ts';
export type { TrainSources } from './training/train-sources.ts';
