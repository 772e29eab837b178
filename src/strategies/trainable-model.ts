import type { Tensor } from '../base/tensor.ts';
import type { Architecture, Head } from '../models/architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import { initializeParameter } from '../models/initialize.ts';
import { matchWeights, type StoredWeights } from '../models/match-weights.ts';
import { createParameterStore, type ParameterStore } from '../optim/parameter-store.ts';
import type { TrainableParameters } from './train-step.ts';

export interface TrainableModel {
  readonly store: ParameterStore;
  /** The store's weights and gradients by name, as programs take them. */
  readonly parameters: TrainableParameters;
  /** Parameters the checkpoint had not (they start at random), and tensors it had beside. */
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

/**
 * Room for a model's parameters, gradients and moments, filled from a checkpoint where it has them and by the seed
 * where not.
 * @param decayAll decay biases and LayerNorm too (the published VDA code); false unless told
 * @throws VdaError `bad-input` when a tensor's shape differs from the configuration's
 */
export function createTrainableModel(options: {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly head: Head;
  readonly numLabels: number;
  readonly found: StoredWeights;
  readonly seed: number;
  readonly decayAll?: boolean;
}): TrainableModel {
  const { architecture, config, head, numLabels, found, seed, decayAll = false } = options;
  const specs = architecture.parameters(config, { head, numLabels });
  const store = createParameterStore(
    specs.map((spec) => ({ ...spec, decay: decayAll || spec.decay })),
    { optimizer: true },
  );
  const { loaded, missing, unexpected } = matchWeights(new Map(specs.map((s) => [s.name, s.shape])), found);
  for (const spec of specs) {
    const out = store.weights.get(spec.name)!.data;
    const given = loaded.get(spec.name);
    if (given) out.set(given.data);
    else initializeParameter(out, { spec, seed, std: config.initializerRange });
  }
  return { store, parameters: parametersOf(store), missing, unexpected };
}

const parametersOf = ({ weights, gradients }: ParameterStore): TrainableParameters => ({
  weights: byName(weights),
  gradients: byName(gradients),
});

const byName = (tensors: ReadonlyMap<string, Tensor<'float32'>>): Record<string, Tensor<'float32'>> =>
  Object.fromEntries(tensors);
