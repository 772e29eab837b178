import type { Architecture, Head } from '../models/architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import { initialValues } from '../models/initialize.ts';
import { matchWeights, type StoredWeights } from '../models/match-weights.ts';
import { createArenaStore } from '../optim/arena-store.ts';
import type { ParameterStore } from '../optim/parameter-store.ts';

export interface TrainableModel {
  readonly store: ParameterStore;
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
  const store = createArenaStore(specs.map((spec) => ({ ...spec, decay: decayAll || spec.decay })));
  const { loaded, missing, unexpected } = matchWeights(new Map(specs.map((s) => [s.name, s.shape])), found);
  for (const spec of specs) {
    const values = loaded.get(spec.name)?.data ?? initialValues(spec, { seed, std: config.initializerRange });
    store.write(spec.name, { values });
  }
  return { store, missing, unexpected };
}
