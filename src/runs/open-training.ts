import { alone, type Communicator, isLeader } from '../distributed/communicator.ts';
import type { ModelConfig } from '../models/config.ts';
import type { ParameterStore } from '../optim/parameter-store.ts';
import { restoreCheckpoint, type StrategyState, saveCheckpoint, type TrainerState } from './checkpoint.ts';
import type { ProgressDisplay, ProgressOptions, RunHooks } from './hooks.ts';
import type { Identity } from './identity.ts';
import type { ResumedRun } from './resume-run.ts';
import { type MetricsLog, openMetricsLog } from './run-folder.ts';
import type { RunOptions } from './run-options.ts';

/** A training under way in its folder. */
export interface OpenTraining {
  /** Where it begins: as new, or where its checkpoint stands. */
  readonly state: TrainerState;
  readonly metrics: MetricsLog;
  readonly progress: ProgressDisplay;
  /** Writes a checkpoint, once for each step; its folder, or nothing where it was there. @throws VdaError `no-space` */
  save(state: TrainerState): string | undefined;
  /** Whether the caller of any rank asks it to stop. Lets signals in: a session's run blocks the event loop. */
  isAskedToStop(): Promise<boolean>;
}

/**
 * What every training does in its folder, whatever it trains: weights, moments and log as the checkpoint has them where it goes
 * on, a display of its progress, checkpoints of which the oldest go, an ear for the caller's signal. Of several ranks only the first
 * writes.
 * @throws VdaError when a checkpoint's file is missing or damaged
 */
export function openTraining(p: {
  readonly options: Pick<RunOptions, 'outputDir' | 'saveTotalLimit' | 'seed'>;
  readonly store: ParameterStore;
  readonly config: ModelConfig;
  readonly tokenizerFiles: Readonly<Record<string, string>>;
  readonly strategyState?: StrategyState | undefined;
  readonly identity: Identity;
  readonly resumed: ResumedRun | undefined;
  readonly totalSteps: number;
  readonly display: Pick<ProgressOptions, 'label' | 'timeLimit'>;
  readonly hooks: RunHooks;
  /** The ranks that train together; by default this process alone. */
  readonly communicator?: Communicator | undefined;
}): OpenTraining {
  const { options, store, config, tokenizerFiles, strategyState, resumed, totalSteps, hooks } = p;
  const { communicator = alone } = p;
  const writes = isLeader(communicator);
  const { outputDir, saveTotalLimit: limit } = options;
  if (resumed) restoreCheckpoint(resumed.folder, { store, strategyState });
  const state = resumed?.state ?? newState(p);
  const metrics = writes ? openMetricsLog(outputDir, { keepBytes: state.metrics_bytes }) : noMetricsLog;
  const progress = hooks.progress({
    ...p.display,
    ...{ total: totalSteps, from: state.global_step, unit: 'step' },
  });
  for (const remark of resumed?.remarks ?? []) progress.log(remark);
  let saved = -1;
  return {
    state,
    metrics,
    progress,
    save: (now) => {
      if (!writes || saved === now.global_step) return undefined; // as the best checkpoint, in this very step
      saved = now.global_step;
      return saveCheckpoint(outputDir, {
        ...{ store, config, tokenizerFiles, strategyState },
        state: { ...now, metrics_bytes: metrics.bytes() },
        keep: now.best_model_checkpoint,
        ...(limit !== undefined && { limit }),
      });
    },
    isAskedToStop: async () => {
      await new Promise(setImmediate);
      const isAsked = Uint8Array.of(hooks.signal?.aborted === true ? 1 : 0);
      return (await communicator.allGather(isAsked)).some(([asked]) => asked === 1);
    },
  };
}

/** The log of a rank that writes none. */
const noMetricsLog: MetricsLog = { write: () => {}, bytes: () => 0 };

const newState = ({
  options,
  identity,
  totalSteps,
}: {
  readonly options: Pick<RunOptions, 'seed'>;
  readonly identity: Identity;
  readonly totalSteps: number;
}): TrainerState => ({
  global_step: 0,
  max_steps: totalSteps,
  epoch: 0,
  best_metric: null,
  best_model_checkpoint: null,
  log_history: [],
  seed: options.seed,
  identity,
  metrics_bytes: 0,
});
