import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from '../base/part.ts';
import { hashFile } from '../checkpoints/hash-file.ts';
import { contentHash, contentHashOf } from '../runs/identity.ts';
import { TOKENIZER_FILES } from '../text/tokenizer-from-files.ts';
import type { PretrainedModel } from './load-pretrained.ts';

/** The content of what decides a model's answers, by file: its configuration, weights and tokenizer. */
export async function modelFolderIdentity(folder: string): Promise<Part> {
  const own: readonly string[] = ['config.json', ...TOKENIZER_FILES];
  const names = readdirSync(folder).filter(
    (name) =>
      own.includes(name) ||
      /\.safetensors(\.index\.json)?$|^pytorch_model[^/]*\.bin(\.index\.json)?$/.test(name),
  );
  const content: Record<string, string> = {};
  for (const name of names.sort()) content[name] = await hashFile(join(folder, name));
  return { id: 'model', content };
}

/**
 * A model as it is in memory, its weights as they are now: a folder may have been written anew since it was read, and a
 * model in training is in none.
 */
export function modelIdentity({
  config: { raw: _raw, architectures: _names, ...config },
  tokenizer,
  weights,
}: Pick<PretrainedModel, 'config' | 'tokenizer' | 'weights'>): Part {
  const files = Object.entries(tokenizer.files).map(([name, text]) => [name, contentHash(text)] as const);
  const tensors = Object.entries(weights)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { shape, data }]) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return `${name} [${shape.join()}] ${contentHash(bytes)}`;
    });
  return {
    id: 'model',
    content: {
      config: contentHash(JSON.stringify(config)),
      weights: contentHashOf(tensors),
      ...Object.fromEntries(files),
    },
  };
}
