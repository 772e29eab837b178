import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from '../base/part.ts';
import { hashFile } from '../files/hash-file.ts';

import { TOKENIZER_FILES } from '../text/tokenizer-from-files.ts';

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
