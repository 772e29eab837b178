import type { Tensor } from './tensor.ts';

declare const isResident: unique symbol;

/**
 * A float32 tensor that lives where its owner keeps it, in a WebAssembly memory or on a device. Programs take it and fill it;
 * nobody else looks inside: who wants its values asks the owner.
 */
export interface ResidentTensor extends Pick<Tensor<'float32'>, 'dtype' | 'shape'> {
  readonly [isResident]: true;
}

/** A host tensor as its owner hands it to programs. */
export const asResident = (tensor: Tensor<'float32'>): ResidentTensor => tensor as unknown as ResidentTensor;
