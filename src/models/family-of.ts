import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { families as registered } from './families.ts';
import type { Families, Family } from './family.ts';

/**
 * The family of a `model_type`.
 * @param families those to choose from; by default all there are
 * @throws VdaError `unsupported` for one that is not among them
 */
export function familyOf(modelType: string, families: Families = registered): Family {
  if (Object.hasOwn(families, modelType)) return families[modelType]!;
  const known = Object.keys(families).join(', ');
  throw new VdaError('unsupported', `Model type "${excerpt(modelType)}" is not supported; known: ${known}.`);
}
