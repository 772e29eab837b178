import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ModelEntry } from '../../page/manifest.ts';
import type { ModelFiles } from '../../src/inference.ts';
import { readFloat32, readSafetensors, writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { writeWholeModel } from '../inference/whole-model.ts';

/**
 * Two tiny classifiers of the same classes that answer otherwise, with heads that propose words: `robust` is the other with the
 * weights of its last layer turned round.
 */
export function writePageModels(folder: string): { readonly plain: string; readonly robust: string } {
  const [plain, robust] = ['plain', 'robust'].map((name) =>
    named(writeWholeModel(mkdtempSync(join(folder, name)))),
  );
  const path = join(robust!, 'model.safetensors');
  const file = readSafetensors(path);
  const tensors = new Map([...file.entries.keys()].map((name) => [name, readFloat32(file, name)]));
  for (const name of ['classifier.weight', 'classifier.bias']) {
    const { data } = tensors.get(name)!;
    data.set(data.map((value) => -2 * value));
  }
  writeSafetensors(path, tensors);
  return { plain: plain!, robust: robust! };
}

/** Gives the classes names. */
function named(folder: string): string {
  const path = join(folder, 'config.json');
  const names = ['dull', 'fair', 'good'];
  const config = {
    ...JSON.parse(readFileSync(path, 'utf8')),
    id2label: Object.fromEntries(names.map((name, i) => [i, name])),
    label2id: Object.fromEntries(names.map((name, i) => [name, i])),
  };
  writeFileSync(path, JSON.stringify(config));
  return folder;
}

/** The files of a model of a page, as the page has them once they are fetched. */
export const filesOf = (page: string, { folder }: ModelEntry): ModelFiles =>
  Object.fromEntries(
    readdirSync(join(page, folder)).map((name) => {
      const bytes = readFileSync(join(page, folder, name));
      return [name, name.endsWith('.safetensors') ? new Uint8Array(bytes) : bytes.toString('utf8')];
    }),
  );

/** The WordNet of a page, unpacked. */
export const wordnetOf = (page: string): Uint8Array =>
  new Uint8Array(gunzipSync(readFileSync(join(page, 'wordnet.bin.gz'))));
