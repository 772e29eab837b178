import type { Architecture } from './architecture.ts';
import type { ModelConfig } from './config.ts';

/**
 * Names of the parameters that both heads stand on: embeddings and layers. A pooler is not among them, for a masked language
 * model is saved without one.
 */
export function encoderNames(architecture: Architecture, config: ModelConfig): ReadonlySet<string> {
  const namesWith = (head: 'classifier' | 'maskedLm') =>
    architecture.parameters(config, { head, numLabels: 1 }).map(({ name }) => name);
  const ofMaskedLm = new Set(namesWith('maskedLm'));
  return new Set(namesWith('classifier').filter((name) => ofMaskedLm.has(name)));
}
