import type { Architecture } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import { encoderNames } from './encoder-names.ts';
import type { StoredWeights } from './match-weights.ts';

/** A parameter of the layer after the last that a configuration counts, where the weights have one: they are another model's, or it was cut. */
export function surplusLayer(
  architecture: Architecture,
  { config, weights }: { readonly config: ModelConfig; readonly weights: StoredWeights },
): string | undefined {
  const own = encoderNames(architecture, config);
  const ofMore = encoderNames(architecture, { ...config, numHiddenLayers: config.numHiddenLayers + 1 });
  return [...ofMore].find((name) => !own.has(name) && weights.has(name));
}
