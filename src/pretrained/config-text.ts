import { messageOf, VdaError } from '../base/error.ts';
import { refuseGitLfsPointer } from '../base/git-lfs.ts';
import { parseJson } from '../base/parse-json.ts';
import type { ModelConfig } from '../models/config.ts';
import { type ParseConfigOptions, parseConfig } from '../models/parse-config.ts';

/**
 * Reads the text of a `config.json`.
 * @throws VdaError `bad-input` where it is not JSON or a Git LFS pointer; and what {@link parseConfig} throws
 */
export function configOfText(text: string, { path, families }: ParseConfigOptions): ModelConfig {
  refuseGitLfsPointer(text, path);
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (thrown) {
    throw new VdaError('bad-input', `${path} is not JSON: ${messageOf(thrown)}. Fetch or correct the file.`);
  }
  return parseConfig(json, { path, families });
}
