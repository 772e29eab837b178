import type { ObjectiveInputs, StepSetup } from '../train-step.ts';
import type { VdaFeedSources } from './feed-sources.ts';
import type { VdaOptions } from './options.ts';

/** Virtual data augmentation, where a strategy has it. */
export interface VirtualData {
  readonly options: VdaOptions;
  readonly sources: VdaFeedSources;
}

/** What Algorithm 1 takes of a batch. */
export interface VdaInputs extends VirtualData {
  readonly setup: Pick<StepSetup, 'architecture' | 'numLabels'>;
  readonly inputs: Omit<ObjectiveInputs, 'places' | 'dropout'>;
}
