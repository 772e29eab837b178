import type { RunHooks } from '../runs/hooks.ts';
import type { Evaluation } from './evaluation.ts';
import type { StepReport } from './train-loop.ts';

/** An optimizer step that was done; losses are means over its texts. */
export interface StepEvent extends Omit<StepReport, 'seconds'> {
  readonly totalSteps: number;
  /** Epochs done, as a fraction. */
  readonly epoch: number;
  readonly examplesPerSecond: number;
}

/** An evaluation on the validation texts. */
export interface EvaluationEvent extends Evaluation {
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs done, as a fraction. */
  readonly epoch: number;
  /** Whether it is better than all before. */
  readonly isBest: boolean;
}

/** A checkpoint that was written. */
export interface SaveEvent {
  /** Optimizer steps done. */
  readonly step: number;
  /** Its path, `checkpoint-N` in the output folder. */
  readonly folder: string;
}

/**
 * What a training tells and asks of its caller. A callback is waited for; what it throws ends the training, and the checkpoints
 * so far stay.
 */
export interface TrainHooks extends RunHooks {
  /** After each optimizer step, when it is in the log. */
  readonly onStep?: ((event: StepEvent) => void | Promise<void>) | undefined;
  readonly onEvaluation?: ((event: EvaluationEvent) => void | Promise<void>) | undefined;
  readonly onSave?: ((event: SaveEvent) => void | Promise<void>) | undefined;
}

/** Nothing shown, never interrupted: where nobody watches. */
export const quietHooks: TrainHooks = {
  progress: () => ({ update: () => {}, log: () => {}, finish: () => {} }),
  now: () => performance.now(),
};
