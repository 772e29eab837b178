/**
 * The library: what a program needs to train a classifier, ask it, attack it and report. Everything here is also what the
 * commands of `vda` use; options have the names, meanings and defaults of the command line.
 *
 *     const options = trainOptions({ model, trainFile, outputDir: 'runs/vda', vda: true });
 *     await fineTune({ options, train, ...quietRun });
 *     const classifier = await createClassifier(await loadClassifier('runs/vda'));
 *     const [logits] = await classifier.logits([{ text: 'A film that stays with you.' }]);
 *
 * Runs in Node; errors are {@link VdaError}s with a code.
 */

export { mergeShards } from './attacks/merge-shards.ts';
export { type AttackMetrics, aggregateSeeds, attackMetrics, metricsOverSeeds } from './attacks/metrics.ts';
export { type Outcome, outcomeOf, predictionsOf, type RobustEndings } from './attacks/outcome.ts';
export {
  correctedForNumber,
  isTold,
  type PairedComparison,
  pairedComparison,
  type TestedComparison,
} from './attacks/paired-comparison.ts';
export type { MaskFiller, Probabilities, Victim, VictimInput } from './attacks/ports.ts';
export type { AttackRecipe } from './attacks/recipe.ts';
export {
  type BertAttackOptions,
  bertAttack,
  bertAttackDefaults,
  officialDepartures,
} from './attacks/recipes/bert-attack.ts';
export type { AttackRecord, AttackStatus, WordChange } from './attacks/record.ts';
export type { ResultRow } from './attacks/result-row.ts';
export { renderTable } from './attacks/results-table.ts';
export { type AttackRunResult, type RunAttackOptions, runAttack } from './attacks/run-attack.ts';
export { type AttackManyOptions, attackMany, type EndedAttack } from './attacks/search/attack-many.ts';
export { type PredictionProblem, predictionProblem } from './base/constant-predictions.ts';
export { type ErrorCode, VdaError } from './base/error.ts';
export type { Part, Parts } from './base/part.ts';
export type { Estimate } from './base/statistics.ts';
export { type ResolveModelOptions, resolveModel } from './checkpoints/resolve-model.ts';
export { trainOptions } from './cli/train-defaults.ts';
export type { Dataset, Example } from './data/dataset.ts';
export { type DatasetName, type NamedDataset, namedDatasets, type Split } from './data/datasets.ts';
export { drawExamples, type ExamplePart } from './data/draw-examples.ts';
export { type LoadDatasetOptions, loadDataset } from './data/load-dataset.ts';
export { openNamedDataset } from './data/named-dataset.ts';
export { type Classifier, createClassifier, probabilitiesOf, victimOf } from './inference/classifier.ts';
export { loadClassifier } from './inference/load-classifier.ts';
export { loadMaskedLm } from './inference/load-masked-lm.ts';
export type { PretrainedModel } from './inference/load-pretrained.ts';
export { createMaskedLm, type MaskedLm } from './inference/masked-lm.ts';
export type { ReportOptions } from './report/gather-report.ts';
export { writeReport } from './report/write-report.ts';
export { createStep, type MethodChoice, type MethodName, methods } from './strategies/index.ts';
export type { MethodSetup } from './strategies/predict.ts';
export type { TrainStep } from './strategies/strategy.ts';
export type { VirtualData } from './strategies/vda.ts';
export { type Mixture, mixtures, type VdaOptions } from './strategies/vda-options.ts';
export { type FineTuning, fineTune } from './training/fine-tune.ts';
export { quietRun } from './training/quiet-run.ts';
export type { TrainingResult } from './training/run-training.ts';
export type { TrainOptions } from './training/train-options.ts';
export type { TrainSources } from './training/train-sources.ts';
