import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';
import { excerpt, quotedExcerpt } from '../base/excerpt.ts';
import { pointerBytes, refuseGitLfsPointer } from '../base/git-lfs.ts';
import { parseJson } from '../base/parse-json.ts';
import { readShape } from '../base/read-shape.ts';
import { readBeginning } from '../files/file-bytes.ts';
import type { StoredWeight } from '../models/match-weights.ts';
import { conversionAdvice } from './conversion-advice.ts';
import { readFloat32, readSafetensors } from './safetensors.ts';
import { readTorchFile } from './torch-file.ts';

/**
 * The tensors of one file by the names it has for them, safetensors or what `torch.save` wrote.
 * @throws VdaError `bad-input` for a damaged file or a Git LFS pointer; `unsupported` for a pickle of other things, with how
 *   to convert the model
 */
export function openWeightFile(
  path: string,
  model: { readonly folder: string; readonly architectures: readonly string[] },
): ReadonlyMap<string, StoredWeight> {
  refuseGitLfsPointer(readBeginning(path, pointerBytes), path);
  if (!path.endsWith('.bin')) {
    const file = readSafetensors(path);
    return new Map(
      [...file.entries].map(([name, { shape }]) => [name, { shape, read: () => readFloat32(file, name) }]),
    );
  }
  try {
    return readTorchFile(path);
  } catch (thrown) {
    if (!(thrown instanceof VdaError) || thrown.code !== 'unsupported') throw thrown;
    const { folder, architectures } = model;
    const advice = conversionAdvice({ model: folder, file: 'pytorch_model.bin', architectures });
    const otherwise =
      'Should it report newly initialized weights, the file is no state dict: save the model anew, by save_pretrained, where it was trained.';
    throw new VdaError('unsupported', `${thrown.message} ${advice} ${otherwise}`, { cause: thrown });
  }
}

/** Names no other folder, and is not longer than file systems allow. */
const fileName = /^[^/\\\0]{1,255}$/;

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * The files that an index names, each with the tensors it should have.
 * @throws VdaError `bad-input` when it is not an index or leads out of the folder
 */
export function shardsOf(
  folder: string,
  index: string,
): { readonly path: string; readonly names: readonly string[] }[] {
  const text = readFileSync(index, 'utf8');
  refuseGitLfsPointer(text, index);
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (thrown) {
    throw new VdaError('bad-input', `${index} is not JSON: ${messageOf(thrown)}. Fetch the file again.`);
  }
  const parsed = readShape(indexSchema, json);
  if (!parsed.ok) {
    throw new VdaError(
      'bad-input',
      `${index} must map tensor names to files under "weight_map": ${parsed.problem}. Fetch it again.`,
    );
  }
  const byFile = new Map<string, string[]>();
  for (const [name, file] of Object.entries(parsed.value.weight_map)) {
    if (!fileName.test(file) || file === '.' || file === '..') {
      throw new VdaError(
        'bad-input',
        `${index} names ${quotedExcerpt(file)}, a file outside its own folder or no file name at all: this index is not safe.`,
      );
    }
    const names = byFile.get(file) ?? [];
    names.push(name);
    byFile.set(file, names);
  }
  const gone = [...byFile.keys()].filter((file) => !existsSync(join(folder, file)));
  if (gone.length > 0) {
    const more = gone.length > 1 ? ` and ${gone.length - 1} more` : '';
    throw new VdaError(
      'not-found',
      `${folder} lacks ${excerpt(gone[0]!)}${more} of the ${byFile.size} files that ${basename(index)} names. Fetch the model again.`,
    );
  }
  return [...byFile].map(([file, names]) => ({ path: join(folder, file), names }));
}
