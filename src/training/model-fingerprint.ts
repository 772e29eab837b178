import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOKENIZER_FILES } from '../text/tokenizer-from-files.ts';
import { hashFile } from './hash-file.ts';

/** SHA-256, hex, of what decides a model's answers: the names and contents of its configuration, weights and tokenizer. */
export async function modelFingerprint(folder: string): Promise<string> {
  const own: readonly string[] = ['config.json', ...TOKENIZER_FILES];
  const names = readdirSync(folder).filter(
    (name) =>
      own.includes(name) ||
      /\.safetensors(\.index\.json)?$|^pytorch_model[^/]*\.bin(\.index\.json)?$/.test(name),
  );
  const hash = createHash('sha256');
  for (const name of names.sort()) hash.update(`${name} ${await hashFile(join(folder, name))}\n`);
  return hash.digest('hex');
}
