import { VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import { requireArgument } from '../base/setting-rules.ts';
import type { Head } from '../models/architecture.ts';
import { labelNames } from '../models/config.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';

/** @throws VdaError `usage` for what is no loaded model */
export function requirePretrained(owner: string, model: PretrainedModel): void {
  const fits = typeof model === 'object' && model !== null && 'weights' in model && 'tokenizer' in model;
  const expected = 'a loaded model, as loadClassifier or loadMaskedLm gives';
  requireArgument(fits, { owner, name: 'model', expected, got: model });
}

const heads = {
  classifier: 'a classification head, as loadClassifier gives',
  maskedLm: 'a masked language model head, as loadMaskedLm gives',
} as const satisfies Record<Head, string>;

/** @throws VdaError `usage` for what is no loaded model, and for one that was loaded with another head */
export function requireHead(owner: string, model: PretrainedModel, head: Head): void {
  requirePretrained(owner, model);
  const { architecture, config, weights } = model;
  const expected = architecture.parameters(config, { head, numLabels: labelNames(config).length });
  const missing = expected.map(({ name }) => name).filter((name) => !Object.hasOwn(weights, name));
  if (missing.length === 0) return;
  throw new VdaError(
    'usage',
    `${owner}: model: expected a model with ${heads[head]}, got one without ${excerptList(missing, { quote: false })}.`,
  );
}
