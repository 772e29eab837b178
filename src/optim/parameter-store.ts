import type { ResidentTensor } from '../base/resident-tensor.ts';
import type { Tensor } from '../base/tensor.ts';
import type { AdamwOptions, AdamwReport } from './adamw.ts';

/** A parameter as a store keeps it. */
export interface StoredParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies; biases and LayerNorm parameters usually go without. */
  readonly decay: boolean;
}

/** What a store keeps of each parameter. */
export type ParameterPart = 'weights' | 'gradients' | 'firstMoments' | 'secondMoments';

/**
 * Where the parameters of a model in training live, with their gradients and the optimizer's moments. Everything that trains
 * goes through these verbs and touches no array of it, so that a store on a device, or one that adds up gradients over several
 * processes, fits behind them. Today's is {@link createArenaStore}.
 */
export interface ParameterStore {
  readonly parameters: readonly StoredParameter[];
  /** Weights and gradients as programs take them, by name, in the order of the parameters; programs add to the gradients in place. */
  readonly feeds: {
    readonly weights: Readonly<Record<string, ResidentTensor>>;
    readonly gradients: Readonly<Record<string, ResidentTensor>>;
  };
  /**
   * The values of a part of a parameter as they are now, by default its weights. May be a view: not to be written to, nor
   * to be read after the next change.
   * @throws VdaError `internal` for a name that there is not
   */
  read(name: string, part?: ParameterPart): Tensor<'float32'>;
  /** Replaces the values of a part of a parameter. @throws VdaError `internal` for another number of them, or an unknown name */
  write(name: string, p: { readonly values: Float32Array; readonly part?: ParameterPart }): void;
  /** One step of AdamW on every parameter ({@link AdamwOptions}); the gradients are 0 afterwards. @throws VdaError `diverged` */
  step(options: AdamwOptions): AdamwReport;
  /** All gradients, in as few arrays as they lie in, padding (0) included: for adding up those of several processes. */
  readonly gradientBuffers: readonly Float32Array[];
}

/** The weights by name, as host tensors of the values at the time when one is asked for. */
export function hostWeights(store: ParameterStore): Readonly<Record<string, Tensor<'float32'>>> {
  const weights: Record<string, Tensor<'float32'>> = {};
  for (const { name } of store.parameters) {
    Object.defineProperty(weights, name, { enumerable: true, get: () => store.read(name) });
  }
  return weights;
}

/** A part of all parameters by name, as host tensors of today's values. */
export const readAll = (store: ParameterStore, part: ParameterPart): ReadonlyMap<string, Tensor<'float32'>> =>
  new Map(store.parameters.map(({ name }) => [name, store.read(name, part)]));
