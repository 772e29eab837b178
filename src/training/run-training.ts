import { join } from 'node:path';
import type { PredictionProblem } from '../base/constant-predictions.ts';
import { alone, type Communicator, isInterruption, isLeader } from '../distributed/communicator.ts';
import type { ModelConfig } from '../models/config.ts';
import { type ParameterStore, readAll } from '../optim/parameter-store.ts';
import { saveModelFolder } from '../pretrained/model-folder.ts';
import { readFloat32, readSafetensors } from '../pretrained/safetensors.ts';
import { checkpointName, type TrainerState } from '../runs/checkpoint.ts';
import { explainDivergence } from '../runs/explain-divergence.ts';
import type { ProgressDisplay } from '../runs/hooks.ts';
import type { Identity } from '../runs/identity.ts';
import { isDue } from '../runs/is-due.ts';
import { openTraining } from '../runs/open-training.ts';
import type { ResumedRun } from '../runs/resume-run.ts';
import type { EventLog } from '../runs/tensorboard.ts';
import type { TrainStep } from '../strategies/train-step.ts';
import { isBetter, type Ranking, rankingOf } from './best-model.ts';
import type { Evaluation, OwnMetric } from './evaluation.ts';
import { partsOfRun } from './parts-of-run.ts';
import type { TrainHooks } from './train-hooks.ts';
import { trainLoop } from './train-loop.ts';
import type { TrainOptions } from './train-options.ts';
import type { StepPlan } from './training-data.ts';

export interface TrainingRun {
  readonly options: TrainOptions;
  readonly store: ParameterStore;
  readonly config: ModelConfig;
  readonly tokenizerFiles: Readonly<Record<string, string>>;
  readonly plan: StepPlan;
  readonly trainStep: TrainStep;
  /** Evaluates the weights as they are; left out where there is nothing to evaluate on. */
  readonly evaluate?: (() => Promise<Evaluation>) | undefined;
  /** What decides the best checkpoint, where it is not `options.metricForBestModel`. */
  readonly metric?: OwnMetric | undefined;
  /** What decides the outcome. */
  readonly identity: Identity;
  /** The run to go on with, from {@link resumeRun}. */
  readonly resumed?: ResumedRun | undefined;
  readonly hooks: TrainHooks;
  /** The ranks that train together, each of which runs this; by default this process alone. */
  readonly communicator?: Communicator | undefined;
}

/** How a training ended. */
export interface TrainingResult {
  /** Optimizer steps done, those before a resume included. */
  readonly steps: number;
  /** Of the weights that were saved; undefined where nothing was evaluated. */
  readonly evaluation?: Evaluation | undefined;
  /** Name of the folder in `outputDir` whose weights were taken as the best; undefined without `loadBestModelAtEnd`. */
  readonly bestCheckpoint?: string | undefined;
  /** True when the caller's signal stopped the run before its end; a checkpoint was written. */
  readonly interrupted: boolean;
}

/**
 * A fine-tuning run: steps, logs, evaluations, checkpoints, early stopping, and the model at the end. A run that was
 * killed and resumed ends in the same bytes: beside options and data, weights, moments, `trainer_state.json`, what the
 * strategy remembers (`method.safetensors`) and the adversarial texts of the epoch under way (`ada/`) decide the outcome.
 * Of several ranks the first writes all of it.
 * @throws VdaError `diverged` with the last good checkpoint named; `no-space` when a checkpoint does not fit
 */
export async function runTraining(run: TrainingRun): Promise<TrainingResult> {
  const { options, plan, hooks, resumed, communicator = alone } = run;
  const { stepsPerEpoch } = plan;
  const totalSteps = options.maxSteps ?? Math.ceil(options.numTrainEpochs * stepsPerEpoch);
  const { metrics, progress, isAskedToStop, ...opened } = openTraining({
    ...{ ...run, strategyState: run.trainStep.state, resumed, totalSteps },
    display: { label: 'Training' },
  });
  const { parts: count, remark, ...started } = partsOfRun(opened.state, communicator.size);
  let { state } = started;
  if (remark) progress.log(remark);
  const save = async (now: TrainerState): Promise<void> => {
    const folder = opened.save(now);
    if (folder !== undefined) await hooks.onSave?.({ step: now.global_step, folder });
  };
  const events = isLeader(communicator)
    ? await openEvents(options.outputDir, state.global_step + 1)
    : noEvents;
  const ranking = rankingOf(options.metricForBestModel, run.metric);
  let interrupted = false;

  try {
    // A run killed after its last checkpoint but before its end has nothing left to do but finish.
    const fromStep = outOfPatience(state, options) ? totalSteps : state.global_step;
    for await (const report of trainLoop({
      ...{ ...run, now: hooks.now, fromStep, totalSteps },
      parts: { count, communicator },
    })) {
      const { step, examples, seconds, ...figures } = report;
      const epoch = step / stepsPerEpoch;
      const examplesPerSecond = examples / Math.max(1e-9, seconds);
      metrics.write({ step, epoch, ...figures, examplesPerSecond });
      if (step % options.loggingSteps === 0 || step === totalSteps) {
        events.scalars(step, prefixed('train', { ...figures, examplesPerSecond }));
      }
      show(progress, { step, loss: figures.loss, reg: figures.reg, state });
      state = { ...state, global_step: step, epoch };
      await hooks.onStep?.({ step, totalSteps, epoch, ...figures, examples, examplesPerSecond });

      if (
        run.evaluate &&
        isDue(options.evalStrategy, {
          step,
          stepsPerEpoch,
          totalSteps,
          every: options.evalSteps ?? options.loggingSteps,
        })
      ) {
        const evaluation = await run.evaluate();
        const figures = figuresOf(evaluation);
        metrics.write({ step, epoch, ...prefixedCamel(figures) });
        events.scalars(step, prefixed('eval', figures));
        progress.log(describe(evaluation, epoch));
        const { problem } = evaluation;
        if (problem) progress.log(`Epoch ${epoch.toFixed(2)}: ${problem.remark}.`);
        const before = state;
        state = withEvaluation(state, { evaluation, ranking });
        const isBest = state.best_model_checkpoint !== before.best_model_checkpoint;
        await hooks.onEvaluation?.({ step, epoch, isBest, ...evaluation });
        if (options.loadBestModelAtEnd && isBest) await save(state);
      }
      if (isDue(options.saveStrategy, { step, stepsPerEpoch, totalSteps, every: options.saveSteps }))
        await save(state);
      if (outOfPatience(state, options)) {
        progress.log(
          `No better evaluation in the last ${options.earlyStoppingPatience}: stopping at step ${step}.`,
        );
        break;
      }
      if ((await isAskedToStop()) && step < totalSteps) {
        await save(state);
        interrupted = true;
        break;
      }
    }
  } catch (error) {
    // Cut while an epoch was prepared, by an attack or candidates: between two steps, as after a step.
    const isOwn = hooks.signal?.aborted === true && error === hooks.signal.reason;
    const isCut = isOwn || (communicator.size > 1 && isInterruption(error));
    if (!isCut || state.global_step === 0) throw explainDivergence(error, options.outputDir);
    await save(state);
    interrupted = true;
  } finally {
    progress.finish();
    events.close();
  }
  if (interrupted) return { steps: state.global_step, interrupted };
  return finish(run, state);
}

async function openEvents(outputDir: string, fromStep: number): Promise<EventLog> {
  const { openEventLog } = await import('../runs/tensorboard.ts'); // and with it protobuf, where a run begins
  return openEventLog({ folder: join(outputDir, 'runs'), fromStep });
}

/** The events of a rank that writes none. */
const noEvents: EventLog = { scalars: () => {}, close: () => {} };

/** Saves the last or the best weights as the run's model. */
function finish(run: TrainingRun, state: TrainerState): TrainingResult {
  const { options, store, config, tokenizerFiles, metric, communicator = alone } = run;
  const best = options.loadBestModelAtEnd ? state.best_model_checkpoint : null;
  if (best !== null) {
    const file = readSafetensors(join(options.outputDir, best, 'model.safetensors'));
    for (const { name } of store.parameters) store.write(name, { values: readFloat32(file, name).data });
  }
  if (isLeader(communicator)) {
    saveModelFolder(options.outputDir, { config, weights: readAll(store, 'weights'), tokenizerFiles });
  }
  const step = best === null ? state.global_step : stepOf(best);
  const entry = state.log_history.findLast((line) => line.step === step);
  return {
    steps: state.global_step,
    interrupted: false,
    bestCheckpoint: best ?? undefined,
    evaluation: entry && {
      accuracy: entry.eval_accuracy!,
      f1: entry.eval_f1 ?? Number.NaN, // runs of earlier versions have none
      f1Macro: entry.eval_f1_macro ?? Number.NaN,
      loss: entry.eval_loss!,
      ...(metric && { own: { name: metric.name, value: entry[`eval_${metric.name}`]! } }),
      ...(entry.eval_one_class === undefined ? {} : { problem: oneClass }),
      ...(entry.eval_attack_accuracy === undefined ? {} : { attackAccuracy: entry.eval_attack_accuracy }),
    },
  };
}

/** What is left of such a problem in `trainer_state.json`, which may have been written before a resume. */
const oneClass: PredictionProblem = {
  kind: 'one class',
  remark: 'predictions on the validation texts are nearly all one class',
};

const stepOf = (checkpoint: string): number => Number(checkpoint.slice(checkpointName(0).length - 1));

/** The state with an evaluation in its history, and with this checkpoint as the best where it is. */
function withEvaluation(
  state: TrainerState,
  { evaluation, ranking }: { readonly evaluation: Evaluation; readonly ranking: Ranking },
): TrainerState {
  const { global_step: step, epoch } = state;
  const value = ranking.valueOf(evaluation);
  const better = isBetter(value, state.best_metric, ranking);
  const { accuracy, f1, f1Macro, loss, attackAccuracy, own, problem } = evaluation;
  const line = {
    ...{ step, epoch },
    ...{ eval_accuracy: accuracy, eval_f1: f1, eval_f1_macro: f1Macro, eval_loss: loss },
    ...(own && { [`eval_${own.name}`]: own.value }),
    ...(attackAccuracy === undefined ? {} : { eval_attack_accuracy: attackAccuracy }),
    ...(problem?.kind === 'one class' && { eval_one_class: 1 }),
  };
  return {
    ...state,
    log_history: [...state.log_history, line],
    ...(better ? { best_metric: value, best_model_checkpoint: checkpointName(step) } : {}),
  };
}

/** Whether the last `earlyStoppingPatience` evaluations were no better than one before them. */
function outOfPatience(
  { log_history, best_model_checkpoint }: TrainerState,
  { earlyStoppingPatience }: TrainOptions,
): boolean {
  if (earlyStoppingPatience === undefined || best_model_checkpoint === null) return false;
  const since = log_history.filter((line) => line.step! > stepOf(best_model_checkpoint)).length;
  return since >= earlyStoppingPatience;
}

function show(
  progress: ProgressDisplay,
  {
    step,
    loss,
    reg,
    state,
  }: { readonly step: number; readonly loss: number; readonly reg: number; readonly state: TrainerState },
): void {
  const accuracy = state.log_history.at(-1)?.eval_accuracy;
  progress.update(step, {
    loss,
    ...(reg === 0 ? {} : { reg }),
    ...(accuracy === undefined ? {} : { acc: accuracy }),
  });
}

function describe({ accuracy, f1, loss, own, attackAccuracy }: Evaluation, epoch: number): string {
  const also = [
    ...(own ? [`${own.name} ${own.value.toFixed(4)}`] : []),
    ...(attackAccuracy === undefined ? [] : [`after attack ${attackAccuracy.toFixed(4)}`]),
  ];
  const usual = [`accuracy ${accuracy.toFixed(4)}`, `F1 ${f1.toFixed(4)}`, `loss ${loss.toFixed(4)}`];
  return `Epoch ${epoch.toFixed(2)}: validation ${[...usual, ...also].join(', ')}`;
}

/** The figures of an evaluation, each by its name. */
const figuresOf = ({ problem, own, ...figures }: Evaluation): Readonly<Record<string, number>> => ({
  ...figures,
  ...(own && { [own.name]: own.value }),
});

const prefixed = (prefix: string, values: object): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value as number]));

const prefixedCamel = (figures: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [`eval${name[0]!.toUpperCase()}${name.slice(1)}`, value]),
  );
