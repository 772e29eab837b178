import { VdaError } from '../base/error.ts';
import type { Tensor } from '../base/tensor.ts';

/** A tensor of a checkpoint, read from disk each time `read` is called. */
export interface StoredWeight {
  readonly shape: readonly number[];
  read(): Tensor<'float32'>;
}

/** Weights by canonical name. */
export type StoredWeights = ReadonlyMap<string, StoredWeight>;

/** Result of {@link matchWeights}. */
export interface WeightMatch {
  readonly loaded: ReadonlyMap<string, Tensor<'float32'>>;
  /** Expected and not in the checkpoint (to be initialised), in the expected order. */
  readonly missing: readonly string[];
  /** In the checkpoint and not expected (left out), sorted. */
  readonly unexpected: readonly string[];
}

/**
 * Reads the weights a model expects from those a checkpoint has.
 * @param expected name to shape
 * @throws VdaError `bad-input` when a shape differs from the expected, naming the tensor and both shapes
 */
export function matchWeights(
  expected: ReadonlyMap<string, readonly number[]>,
  found: StoredWeights,
): WeightMatch {
  const loaded = new Map<string, Tensor<'float32'>>();
  const missing: string[] = [];
  for (const [name, shape] of expected) {
    const weight = found.get(name);
    if (weight === undefined) {
      missing.push(name);
      continue;
    }
    if (weight.shape.join() !== shape.join()) {
      throw new VdaError(
        'bad-input',
        `Tensor ${name} does not fit the configuration: expected shape [${shape.join(', ')}], the checkpoint has ` +
          `[${weight.shape.join(', ')}]. config.json and the weights come from different models, or the number of ` +
          'classes differs.',
      );
    }
    loaded.set(name, weight.read());
  }
  const unexpected = [...found.keys()].filter((name) => !expected.has(name)).sort();
  return { loaded, missing, unexpected };
}
