import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, VdaError } from '../base/error.ts';
import { refuseGitLfsPointer } from '../base/git-lfs.ts';
import type { FamilyOptions } from '../models/family.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { TOKENIZER_FILES } from '../text/tokenizer-from-files.ts';
import { tokenizerOf } from './tokenizer-of.ts';

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw new VdaError('bad-input', `The tokenizer file ${path} could not be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
};

/**
 * Loads the tokenizer of a Hugging Face model folder, from `tokenizer.json` or, without it, from `vocab.txt` or from
 * `vocab.json` and `merges.txt`. A class that no file names is that of the model's family.
 * @throws VdaError `not-found` when the folder holds none of them, and what `tokenizerFromFiles` throws
 */
export const loadTokenizer = async (folder: string, { families }: FamilyOptions = {}): Promise<Tokenizer> => {
  const files: Record<string, string> = {};
  for (const name of [...TOKENIZER_FILES, 'config.json']) {
    const text = await readIfThere(join(folder, name));
    if (text === undefined) continue;
    refuseGitLfsPointer(text, join(folder, name));
    files[name] = text;
  }
  return tokenizerOf(files, { where: folder, families });
};
