import type { TrainBatch } from '../train-batch.ts';
import type { ObjectiveInputs, StepSetup } from '../train-step.ts';
import type { VdaFeedSources } from './feed-sources.ts';
import type { Hulls } from './hulls.ts';
import type { VdaOptions } from './options.ts';

/** Virtual data augmentation, where a strategy has it. */
export interface VirtualData {
  readonly options: VdaOptions;
  readonly sources: VdaFeedSources;
  /** Which way the loss rises; needed by mixture `adversarial`. */
  readonly ascent?: AscentPass | undefined;
}

/** What Algorithm 1 takes of a batch. */
export interface VdaInputs extends VirtualData {
  readonly setup: Pick<StepSetup, 'architecture' | 'numLabels'>;
  readonly inputs: Omit<ObjectiveInputs, 'places' | 'dropout'>;
}

/**
 * The loss at points of hulls, a sum over the batch's texts, and ⟨∂loss/∂ê_i, V_ij⟩ of every candidate, `[rows, length, width]` as
 * the weights.
 */
export type AscentPass = (
  batch: TrainBatch,
  point: { readonly hulls: Hulls; readonly weights: Float32Array },
) => Promise<{ readonly loss: number; readonly projections: Float32Array }>;
