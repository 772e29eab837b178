import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { families } from '../models/families.ts';
import type { Family, NewMaskedLm } from '../models/family.ts';

/** Families that can be pre-trained from scratch, by `model_type`. */
export const newMaskedLms: Readonly<Record<string, NewMaskedLm>> = Object.fromEntries(
  Object.entries<Family>(families).flatMap(([modelType, { newMaskedLm }]) =>
    newMaskedLm === 'none' ? [] : [[modelType, newMaskedLm]],
  ),
);

/**
 * How a masked language model of a family begins where no checkpoint is given.
 * @throws VdaError `unsupported` for a family that is not pre-trained from scratch
 */
export function newMaskedLmOf(modelType: string): NewMaskedLm {
  if (Object.hasOwn(newMaskedLms, modelType)) return newMaskedLms[modelType]!;
  throw new VdaError(
    'unsupported',
    `No model of type "${excerpt(modelType)}" is pre-trained from scratch; those that are: ${Object.keys(newMaskedLms).join(', ')}.`,
  );
}
