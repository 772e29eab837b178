import type { Tensor } from '../../base/tensor.ts';
import type { Value } from '../../graph/value.ts';
import { createNoise } from '../feeds/noise.ts';
import type { TrainBatch } from '../train-batch.ts';
import type { VdaInputs } from './inputs.ts';
import { type VdaOptions, weighs } from './options.ts';

/** Eq. 3 (Algorithm 1, line 8): ε ~ N(0, σ²) as it is fed, `[k·batch, T, candidates]`; none where σ is 0 or nothing is weighed. */
export const gaussianNoise = ({ inputs: { extra } }: VdaInputs): Value | undefined => extra.noise;

/** Whether noise is added: to candidates or to the whole vocabulary. */
export const usesNoise = ({ mixture, noiseStd }: VdaOptions): boolean => noiseStd > 0 && weighs(mixture);

/** Draws ε of Eq. 3 for a batch: a number for each epoch, sample, example, position and candidate, keyed by them. */
export function createGaussianNoise(drawing: {
  readonly options: VdaOptions;
  readonly seed: number;
  /** Candidates of each position. */
  readonly columns: number;
}): (batch: TrainBatch) => Tensor {
  const { options, seed, columns } = drawing;
  const noise = createNoise({ seed, purpose: 'vda-noise', std: options.noiseStd });
  return ({ exampleIds, ids, epoch }) =>
    noise({ exampleIds, length: ids.shape[1]!, columns, samples: options.numVirtual, epoch });
}
