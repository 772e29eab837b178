import { checkSettings } from '../base/setting-rules.ts';
import { holdFolder } from '../files/folder-lock.ts';
import { removeUnfinished } from '../files/unfinished-files.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import { withDropout } from '../models/with-dropout.ts';
import { readAll } from '../optim/parameter-store.ts';
import { saveModelFolder } from '../pretrained/model-folder.ts';
import type { TrainerState } from '../runs/checkpoint.ts';
import { explainDivergence } from '../runs/explain-divergence.ts';
import type { RunHooks } from '../runs/hooks.ts';
import type { Identity } from '../runs/identity.ts';
import { isDue } from '../runs/is-due.ts';
import { openTraining } from '../runs/open-training.ts';
import { resumeRun } from '../runs/resume-run.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import type { TrainableModel } from '../strategies/trainable-model.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { MlmCorpus } from './mlm-corpus.ts';
import { createMaskedLmEvaluation } from './mlm-evaluation.ts';
import { pretrain, stepSize } from './pretrain.ts';
import { type PretrainRunOptions, pretrainRules } from './pretrain-options.ts';
import type { Teacher } from './teacher.ts';

export interface PretrainingRun {
  readonly options: PretrainRunOptions;
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly model: TrainableModel;
  readonly corpus: MlmCorpus;
  /** What predicts soft targets at the masked places, by {@link teacherFor}; the options say how much they count. */
  readonly teacher?: Teacher | undefined;
  /** Text to measure the loss on at the end. */
  readonly held?: MlmCorpus | undefined;
  /** What decides the outcome. */
  readonly identity: Identity;
  /** Folder to go on from. */
  readonly resumeFrom?: string | undefined;
  readonly runtime: RuntimeOptions;
  readonly hooks: RunHooks;
}

export interface PretrainingResult {
  readonly steps: number;
  /** True when the caller's signal stopped the run before its end; a checkpoint was written. */
  readonly interrupted: boolean;
  /** Mean loss on the held-out text, nats a masked token. */
  readonly evalLoss?: number;
}

/**
 * A pre-training run: steps, log, checkpoints, the model at the end and its loss on held-out text. A run that was killed
 * and resumed ends in the same bytes, unless it has a time limit.
 * @throws VdaError `usage` for an option out of range; `conflict` for a checkpoint of another configuration, or where another process works in the folder; `diverged` with the last good checkpoint named;
 *   `no-space` when a checkpoint does not fit
 */
export const runPretraining = async (run: PretrainingRun): Promise<PretrainingResult> => {
  checkSettings('runPretraining', run.options, { rules: pretrainRules });
  return holdFolder(run.options.outputDir, { work: 'a pre-training' }, () => pretrainAlone(run));
};

async function pretrainAlone(run: PretrainingRun): Promise<PretrainingResult> {
  const { options, architecture, config, tokenizer, model, corpus, hooks } = run;
  const { outputDir } = options;
  removeUnfinished(outputDir);
  const sequencesPerStep = stepSize(options);
  const stepsPerEpoch = Math.floor(corpus.sequences / sequencesPerStep);
  const totalSteps = options.maxSteps ?? Math.ceil(options.numTrainEpochs * stepsPerEpoch);
  const resumed =
    run.resumeFrom === undefined
      ? undefined
      : resumeRun(run.resumeFrom, { outputDir, identity: run.identity, endsWithBest: false });
  const { timeLimit } = options;
  const { state, metrics, progress, save, isAskedToStop } = openTraining({
    ...{ ...run, store: model.store, tokenizerFiles: tokenizer.files, resumed, totalSteps },
    display: { label: 'Pre-training', timeLimit },
  });
  const fromStep = state.global_step;
  const started = hooks.now();
  // A resumed run goes on with the line of the log that its checkpoint stands in.
  const { windowLoss = 0, windowSteps = 0 } = state.log_history.at(-1) ?? {};
  let recent = { loss: windowLoss, steps: windowSteps, at: started };
  const stateAt = (step: number): TrainerState => ({
    ...{ ...state, global_step: step, max_steps: totalSteps, epoch: step / stepsPerEpoch },
    log_history: [{ step, windowLoss: recent.loss, windowSteps: recent.steps }],
  });

  let done = fromStep;
  const steps = pretrain({
    ...run,
    fromStep,
    config: withDropout(config, options.dropout),
    options: { ...options, totalSteps },
    distillation: run.teacher && { ...options, teacher: run.teacher },
    ...(timeLimit === undefined ? {} : { timeSpent: () => (hooks.now() - started) / (timeLimit * 1000) }),
  });
  try {
    for await (const { step, loss, lr, gradNorm } of steps) {
      done = step;
      recent = { ...recent, loss: recent.loss + loss, steps: recent.steps + 1 };
      if (step % options.loggingSteps === 0 || step === totalSteps) {
        const mean = recent.loss / recent.steps;
        const tokensPerSecond =
          (recent.steps * sequencesPerStep * corpus.length) / ((hooks.now() - recent.at) / 1000);
        metrics.write({ step, epoch: step / stepsPerEpoch, loss: mean, lr, gradNorm, tokensPerSecond });
        progress.update(step, { loss: mean, 'tokens/s': Math.round(tokensPerSecond) });
        recent = { loss: 0, steps: 0, at: hooks.now() };
      } else {
        progress.update(step);
      }
      const moment = { step, stepsPerEpoch, totalSteps, every: options.saveSteps };
      if (isDue(options.saveStrategy, moment) && step < totalSteps) save(stateAt(step));
      if ((await isAskedToStop()) && step < totalSteps) {
        save(stateAt(step));
        return { steps: step, interrupted: true };
      }
    }
  } catch (error) {
    throw explainDivergence(error, outputDir);
  } finally {
    progress.finish();
  }

  saveModelFolder(outputDir, {
    config: { ...config, architectures: [architecture.classNames.maskedLm] },
    weights: readAll(model.store, 'weights'),
    tokenizerFiles: tokenizer.files,
    dtype: options.dtype === 'float16' ? 'F16' : 'F32',
  });
  if (run.held === undefined) return { steps: done, interrupted: false };
  const evaluation = await createMaskedLmEvaluation({ ...run, weights: model.store.feeds.weights });
  const { mlmProbability: probability, seed } = options;
  const evalLoss = await evaluation.lossOn(run.held, { probability, seed }).finally(evaluation.release);
  metrics.write({ step: done, epoch: done / stepsPerEpoch, evalLoss });
  return { steps: done, interrupted: false, evalLoss };
}
