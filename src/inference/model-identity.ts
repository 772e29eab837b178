import type { Part } from '../base/part.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import type { Runtime } from '../runtime/runtime.ts';

/**
 * A model as it is in memory, its weights as they are now: a folder may have been written anew since it was read, and a
 * model in training is in none.
 */
export function modelIdentity(
  {
    config: { raw: _raw, architectures: _names, ...config },
    tokenizer,
    weights,
  }: Pick<PretrainedModel, 'config' | 'tokenizer' | 'weights'>,
  { contentHash }: Pick<Runtime, 'contentHash'>,
): Part {
  const files = Object.entries(tokenizer.files).map(([name, text]) => [name, contentHash(text)] as const);
  const tensors = Object.entries(weights)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { shape, data }]) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return `${name} [${shape.join()}] ${contentHash(bytes)}\n`;
    });
  return {
    id: 'model',
    content: {
      config: contentHash(JSON.stringify(config)),
      weights: contentHash(tensors.join('')),
      ...Object.fromEntries(files),
    },
  };
}
