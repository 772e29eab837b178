import { createHash } from 'node:crypto';
import type { Example } from '../data/dataset.ts';
import type { PretrainedModel } from '../inference/load-pretrained.ts';
import { modelFingerprint } from './model-fingerprint.ts';

/**
 * SHA-256, hex, of what decides an attack in training: the victim's weights as they are now, its configuration and
 * tokenizer, the masked LM, the length that texts are cut to, and the texts.
 */
export async function attackFingerprint(
  examples: readonly Example[],
  p: { readonly victim: PretrainedModel; readonly maskedLm: PretrainedModel; readonly maxLength: number },
): Promise<string> {
  const { config, tokenizer, weights } = p.victim;
  const hash = createHash('sha256');
  hash.update(`${await modelFingerprint(p.maskedLm.folder)} ${p.maxLength}\n`);
  hash.update(`${JSON.stringify([config, tokenizer.files, examples])}\n`);
  for (const [name, { data }] of Object.entries(weights)) {
    hash.update(`${name}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
