import { VdaError } from '../base/error.ts';
import type { Architecture } from './architecture.ts';
import { bert } from './bert.ts';
import { distilbert } from './distilbert.ts';
import { roberta } from './roberta.ts';

/** Architectures by `model_type`. Adding one takes its file and a line here. */
export const architectures: Readonly<Record<string, Architecture>> = { bert, distilbert, roberta };

/** @throws VdaError `unsupported` for a model type without an architecture. */
export function architectureOf(modelType: string): Architecture {
  if (Object.hasOwn(architectures, modelType)) return architectures[modelType]!;
  const known = Object.keys(architectures).join(', ');
  throw new VdaError('unsupported', `Model type "${modelType}" is not supported; known: ${known}.`);
}
