import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { argument, messageOf, VdaError } from '../../base/error.ts';
import { pointerBytes, refuseGitLfsPointer } from '../../base/git-lfs.ts';
import { isText, requireArgument } from '../../base/setting-rules.ts';
import type { AnsweringClassifier } from '../../inference/classifier.ts';
import { namedOutputs } from '../../inference/victims/named-outputs.ts';
import { openOnnxClassifier } from '../../inference/victims/onnx-classifier.ts';
import { labelNames } from '../../models/config.ts';
import { familyOf } from '../../models/family-of.ts';
import { loadTokenizer } from '../../pretrained/load-tokenizer.ts';
import { readConfig } from '../../pretrained/model-folder.ts';
import { requireSingleLabel } from '../../pretrained/single-label-head.ts';
import type { RuntimeOptions } from '../../runtime/compile.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';

/** Where the tokenizer of an ONNX file is, and what the file leaves unsaid. */
export interface OnnxVictimOptions extends RuntimeOptions {
  /** Folder of `config.json` and the tokenizer. Default: the file's own, or the one above where that has no `config.json`. */
  readonly tokenizer?: string | undefined;
  /** Default: those of `config.json`, whose order counts where these are the same names. */
  readonly labels?: readonly string[] | undefined;
  /** Tokens that a text is cut to. Default: what `config.json` says the model was trained to read, else what it can read. */
  readonly maxLength?: number | undefined;
  readonly maxRows?: number;
}

/**
 * A classifier from an ONNX file (`onnx/model.onnx`, as vda, optimum and transformers.js lay it out) and the folder of its tokenizer.
 * @throws VdaError `not-found` where a file is missing; `bad-input` where one is not what it should be
 */
export async function loadOnnxClassifier(
  file: string,
  options: OnnxVictimOptions = {},
): Promise<{
  readonly classifier: AnsweringClassifier;
  readonly tokenizer: Tokenizer;
  readonly folder: string;
}> {
  requireArgument(isText(file), {
    ...{ owner: 'loadOnnxClassifier', name: 'file', expected: 'the path of a file', got: file },
  });
  const bytes = bytesOf(file);
  refuseGitLfsPointer(Buffer.from(bytes.subarray(0, pointerBytes)).toString('latin1'), file);
  const folder = options.tokenizer ?? folderOf(file);
  const config = readConfig(folder);
  requireSingleLabel(config, folder);
  const tokenizer = await loadTokenizer(folder);
  const longest = Math.min(familyOf(config.modelType).positions(config), tokenizer.maxLength);
  const { labels: given, maxLength, tokenizer: _, ...running } = options;
  const labels = namedOutputs(given, labelNames(config))!;
  const classifier = await openOnnxClassifier(bytes, {
    ...running,
    ...{ runtime: nodeRuntime, name: file, tokenizer, labels },
    maxLength: Math.min(maxLength ?? config.maxSeqLength ?? longest, longest),
  });
  return { classifier, tokenizer, folder };
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw new VdaError('not-found', `The ONNX file ${file} could not be read: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
}

function folderOf(file: string): string {
  const own = dirname(resolve(file));
  const found = [own, dirname(own)].find((folder) => existsSync(join(folder, 'config.json')));
  if (found !== undefined) return found;
  throw new VdaError(
    'not-found',
    `Neither ${own} nor the folder above has a config.json, so nothing says what ${basename(file)} reads. Name the folder of its ` +
      `tokenizer (${argument('tokenizer', 'victimTokenizer')}).`,
  );
}
